/**
 * Steps of a recovery for people, in the order of their ids.
 */
import type { RecoveryStore } from '../../ports/decision-store.ts';
import type { MemoryEngine } from './engine.ts';
import { nextId } from './rows.ts';
import { readTimeOrZero, storedTime } from './timestamp.ts';

type StepStore = Pick<RecoveryStore, 'addSteps' | 'steps'>;

export const recoveryStepStore = (engine: MemoryEngine): StepStore => ({
  addSteps: (uid, lines) =>
    engine.write(({ steps }) => {
      for (const { message, at } of lines) steps.push({ id: nextId(steps), uid, at: storedTime(at), message });
    }),

  steps: (uid) =>
    engine.read(({ steps }) =>
      steps.filter((row) => row.uid === uid).map((row) => ({ ...row, at: readTimeOrZero(row.at) })),
    ),
});
