/** Commands about one server, run in a world where each operation becomes what a test says. */
import type { OperationPlan } from '../../planning/operations/operation-plan.ts';
import type { OperationOutcome, OperationReport } from '../../service/calls.ts';
import { planWith, reportWith } from '../../service/operation-samples.ts';
import { oldNamesOf } from '../synonyms.ts';
import { type PretendWorld, run } from './run-in-world.ts';

export const I = '127.0.0.1:10113';
export const D = '127.0.0.1:10114';

/** The operation becomes this. */
export const become = (report: Partial<OperationReport>, plan: Partial<OperationPlan> = {}): PretendWorld => ({
  calls: {
    operate: async (request): Promise<OperationOutcome> => ({
      kind: 'done',
      report: reportWith(planWith(request, plan), report),
    }),
  },
});

/** Every name of each command: what it is asked with is the same. */
export const names = (command: string): readonly string[] => {
  const [name = '', ...rest] = command.split(' ');
  return [name, ...oldNamesOf(name)].map((one) => [one, ...rest].join(' '));
};

/** `words`: the command, then its flags. Runs about I. */
export async function ask(words: string, world: PretendWorld = {}) {
  const [command = '', ...flags] = words.split(' ');
  const { status, out, err, made } = await run(['-c', command, '-i', I, ...flags], world);
  return { status, out, err, asked: made.filter((line) => !/^(open |stop$)/.test(line)) };
}
