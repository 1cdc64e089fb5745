import { describe, expect, it } from 'vitest';
import type { EntryCode } from '../analysis/codes.ts';
import { aPrimaryWith, NOW } from '../analysis/testing.ts';
import { settled } from '../discovery/testing.ts';
import { AnalysisHistory } from './analysis-history.ts';

const ENTRY = aPrimaryWith(2).entryOf(22293);

function aHistory() {
  const written: string[] = [];
  const errors: string[] = [];
  let answer: () => Promise<boolean> = async () => true;
  const history = new AnalysisHistory(
    {
      recordAnalysis: async (_, code) => {
        written.push(code);
        return answer();
      },
    },
    { debug: () => {}, info: () => {}, warning: () => {}, error: (line) => errors.push(line) },
  );
  const see = (code: EntryCode, countReplicas = 2) => history.note({ ...ENTRY, code, countReplicas }, NOW);
  return {
    written,
    errors,
    see,
    answers: (wanted: () => Promise<boolean>) => {
      answer = wanted;
    },
  };
}

describe('the history of what a server was called', () => {
  it('has each change once', async () => {
    const { see, written } = aHistory();
    for (const code of ['NoProblem', 'NoProblem', 'DeadMaster', 'DeadMaster', 'NoProblem'] as const) {
      see(code);
      await settled();
      see(code);
    }
    await settled();
    expect(written).toEqual(['NoProblem', 'DeadMaster', 'NoProblem']);
  });

  it('has them in their order, however slow the backend is', async () => {
    const { see, written, answers } = aHistory();
    const first = Promise.withResolvers<boolean>();
    answers(() => first.promise);
    for (const code of ['UnreachableMaster', 'DeadMaster', 'UnreachableMaster', 'DeadMaster'] as const) see(code);
    await settled();
    expect(written).toEqual(['UnreachableMaster']);
    first.resolve(true);
    await settled();
    expect(written).toEqual(['UnreachableMaster', 'DeadMaster', 'UnreachableMaster', 'DeadMaster']);
  });

  it('has what the backend once did not take, as soon as it is seen again', async () => {
    const { see, written, errors, answers } = aHistory();
    answers(() => Promise.reject(new Error('disk full')));
    see('DeadMaster');
    await settled();
    expect(errors).toEqual(['cannot record the analysis of testhost:22293: Error: disk full']);
    answers(async () => true);
    see('DeadMaster');
    await settled();
    see('DeadMaster');
    await settled();
    expect(written).toEqual(['DeadMaster', 'DeadMaster']);
  });

  it('begins with the first replica', async () => {
    const { see, written } = aHistory();
    see('NoProblem', 0);
    see('NoProblem');
    see('DeadMaster');
    await settled();
    expect(written).toEqual(['NoProblem', 'DeadMaster']);
  });
});
