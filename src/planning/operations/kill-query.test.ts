/** Ending a statement (O66). */
import { describe, expect, it } from 'vitest';
import { sampleServer } from '../../model/topology-samples.ts';
import { planKillQuery } from './kill-query.ts';
import { at, aWorld, PRIMARY, planOf, refusalOf, sentBy } from './testing.ts';

const kill = (processId: number) =>
  planKillQuery({ kind: 'kill-query', key: at(PRIMARY), processId }, aWorld([sampleServer(PRIMARY)]));

describe('killing a query', () => {
  it('O66: the statement of that session ends, and it is written down', () => {
    expect(sentBy(kill(17))).toEqual(['end the statement of session 17']);
    expect(planOf(kill(17)).audits[0]).toMatchObject({ type: 'kill-query', message: 'Killed query 17' });
  });

  it.each([0, -1, 1.5, Number.NaN])('O66: %d is no session', (processId) => {
    expect(refusalOf(kill(processId))).toContain('bad-process');
  });

  it('O66: a server that nobody knows is refused', () => {
    expect(refusalOf(planKillQuery({ kind: 'kill-query', key: at(1), processId: 1 }, aWorld([])))).toContain(
      'not-found',
    );
  });
});
