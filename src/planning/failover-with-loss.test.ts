import { describe, expect, it } from 'vitest';
import { acceptedLoss } from './accepted-loss.ts';
import type { FailoverRequest } from './failover-plan.ts';
import type { GtidProgress } from './gtid-progress.ts';
import {
  aFailedPrimaryWith,
  applierBroken,
  atPosition,
  failover,
  has,
  plannedFailover,
  stepOf,
  trx,
} from './testing.ts';

const key = (port: number) => `127.0.0.1:${port}`;
const accepted = (request: FailoverRequest<GtidProgress>): FailoverRequest<GtidProgress> => ({
  ...request,
  acceptsLoss: true,
});
const isSafe = (server: number, discards: string) => ({
  relayLog: { kind: 'executed-or-discarded', server: { hostname: '127.0.0.1', port: server }, discards },
});

describe('B8: a failover in which what nobody has applied is accepted as lost', () => {
  const request = accepted(aFailedPrimaryWith(3, { 22294: has(10, 5), 22295: has(12, 7), 22296: has(7) }));
  const plan = plannedFailover(request);

  it('promotes the one that has applied most, also where its applier is broken', () => {
    expect(plan.prediction.promoted).toMatchObject({ port: 22295 });
    const broken = accepted(aFailedPrimaryWith(2, { 22294: has(9, 8), 22295: applierBroken(has(10, 9)) }));
    expect(plannedFailover(broken).prediction.promoted).toMatchObject({ port: 22295 });
  });

  it('names all that any of them has received and it has not applied', () => {
    expect(plan.prediction.transactionsAtRisk).toBe(trx('8-12'));
    expect(failover(request)).toMatchObject({ kind: 'planned', discards: trx('8-12') });
    const drained = stepOf(plan, `drain ${key(22295)}`);
    expect(acceptedLoss(drained.effect)).toBe(trx('8-12'));
  });

  it('begins only where nothing is applied any more', () => {
    expect(stepOf(plan, `drain ${key(22295)}`)).toMatchObject({
      commands: [],
      postcondition: { kind: 'threads', receiver: 'stopped', applier: 'stopped' },
      onFailure: 'abort',
    });
  });

  it('D4: drops nothing but that, at the chosen one and at those that follow', () => {
    expect(stepOf(plan, `promote ${key(22295)}`).commands[0]).toMatchObject(isSafe(22295, trx('8-12')));
    for (const port of [22294, 22296]) {
      expect(stepOf(plan, `point ${key(port)} at ${key(22295)}`).commands).toMatchObject([
        { kind: 'follow-when-safe', ...isSafe(22295, trx('8-12')) },
        { kind: 'start-replication' },
      ]);
    }
    expect(plan.prediction.lost).toEqual([]);
  });

  it('D4: leaves the relay log of one that cannot follow alone', () => {
    const purged = accepted(
      aFailedPrimaryWith(2, { 22294: { ...has(9, 5), gtidPurged: trx('1-4') }, 22295: has(8, 2) }),
    );
    const { steps, prediction } = plannedFailover(purged);
    expect(prediction.lost).toMatchObject([{ key: { port: 22295 } }]);
    expect(steps.filter(({ server }) => server.port === 22295)).toEqual([]);
  });

  it('MariaDB: names the place up to which the one that is furthest had received', () => {
    const positions = accepted(
      aFailedPrimaryWith(2, { 22294: atPosition('0-1-9', '0-1-5'), 22295: atPosition('0-1-8', '0-1-7') }),
    );
    expect(plannedFailover(positions).prediction).toMatchObject({
      promoted: { port: 22295 },
      transactionsAtRisk: '0-1-9',
    });
  });
});
