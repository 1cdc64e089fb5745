// D9, A17: what a binlog server alone has of a dead primary's binary log.
import { describe, expect, it } from 'vitest';
import type { BinlogCoordinates } from '../model/binlog-coordinates.ts';
import type { Instance } from '../model/instance.ts';
import { sampleReplica } from '../model/topology-samples.ts';
import type { SeenBinlogServer } from './binlog-server-feed.ts';
import { comparable } from './candidates.ts';
import type { FailoverRequest } from './failover-plan.ts';
import type { PromotionPolicy } from './promotion-policy.ts';
import {
  aFailedPrimaryWith,
  at,
  atPosition,
  failover,
  frozen,
  has,
  isOrdered,
  PRIMARY_PORT,
  rules,
  stepOf,
} from './testing.ts';

const [ONE, TWO, KEEPER] = [PRIMARY_PORT + 1, PRIMARY_PORT + 2, PRIMARY_PORT + 9];
const key = (port: number) => `127.0.0.1:${port}`;
const place = (pos: number, file = 'binlog.000007'): BinlogCoordinates => ({ file, pos, type: 'binary' });

/** It keeps the primary's log up to there. */
const keeper = (pos: number, changes: Partial<Instance> = {}, answers = true): SeenBinlogServer => ({
  instance: sampleReplica(KEEPER, PRIMARY_PORT, {
    isBinlogServer: true,
    version: '2.4.10-maxscale',
    binlogFormat: 'INHERIT',
    selfCoordinates: place(pos),
    ...changes,
  }),
  answers,
});

const stands = (pos: number): Partial<Instance> => ({ readCoordinates: place(pos), execCoordinates: place(pos) });

function planned(request: FailoverRequest, policy: Partial<PromotionPolicy> = {}) {
  const result = failover(request, policy);
  if (result.kind === 'refused') throw new Error(result.text);
  return result;
}

const lostKeeper = ({ plan }: ReturnType<typeof planned>) =>
  plan.prediction.lost.find((lost) => lost.key.port === KEEPER)?.transactionsAtRisk;

describe('D9: a binlog server below a dead primary whose replicas replicate by GTID', () => {
  const withKeeper = (one: SeenBinlogServer, changes: Partial<Instance> = stands(500)): FailoverRequest => ({
    ...aFailedPrimaryWith(2, { [ONE]: { ...has(10), ...changes }, [TWO]: { ...has(9), ...stands(400) } }),
    binlogServers: [one],
  });

  it('that has received more than the chosen one feeds it before it is promoted', () => {
    const { feed, choice, plan } = planned(withKeeper(keeper(700)));
    expect([feed?.server.key.port, feed?.upTo, choice.donor]).toEqual([KEEPER, place(700), null]);
    expect(isOrdered(plan)).toBe(true);
    expect(plan.steps.map(({ id }) => id)).toEqual([
      `apply what ${key(ONE)} received`,
      `let ${key(ONE)} go on at ${key(KEEPER)}`,
      `let ${key(KEEPER)} feed ${key(ONE)}`,
      `see that ${key(ONE)} has all that ${key(KEEPER)} has`,
      `drain ${key(ONE)}`,
      `promote ${key(ONE)}`,
      `point ${key(TWO)} at ${key(ONE)}`,
    ]);
    expect(stepOf(plan, `let ${key(ONE)} go on at ${key(KEEPER)}`).commands).toMatchObject([
      {
        kind: 'follow-when-safe',
        at: { kind: 'place', place: { kind: 'applied', after: `apply what ${key(ONE)} received` } },
        relayLog: { kind: 'drained' },
      },
    ]);
    expect(stepOf(plan, `see that ${key(ONE)} has all that ${key(KEEPER)} has`).postcondition).toEqual({
      kind: 'drained-up-to',
      coordinates: place(700),
    });
  });

  it('D4: what came from it is applied before the promoted one forgets its source', () => {
    const { plan } = planned(withKeeper(keeper(700)));
    expect(stepOf(plan, `promote ${key(ONE)}`).commands[0]).toEqual({
      kind: 'forget-source-when-safe',
      relayLog: { kind: 'drained' },
    });
  });

  it('D10: the way back is by GTID again, since it left that', () => {
    const { plan } = planned(withKeeper(keeper(700)));
    expect(stepOf(plan, `let ${key(ONE)} go on at ${key(KEEPER)}`).undo).toMatchObject([
      { source: at(PRIMARY_PORT), at: { kind: 'gtid' }, relayLog: { kind: 'logged-by', server: at(KEEPER) } },
      { kind: 'start-applier' },
    ]);
  });

  it('that has received no more is lost, and nothing is at risk', () => {
    const same = planned(withKeeper(keeper(500)));
    expect([same.feed, lostKeeper(same)]).toEqual([null, '']);
    expect(same.plan.prediction.lost[0]?.reason).toMatch(/^it is a binlog server, and the binary log that it keeps/);
  });

  it('that has failed to feed somebody in this recovery is done without, and what it alone has is named', () => {
    const without = planned({ ...withKeeper(keeper(700)), failedDonors: [at(KEEPER)] });
    expect([without.feed, lostKeeper(without)]).toEqual([null, 'binlog.000007:500 to binlog.000007:700']);
  });

  it('that does not answer feeds nobody; what it had when it was last seen is named', () => {
    const silent = planned(withKeeper(keeper(700, {}, false)));
    expect([silent.feed, lostKeeper(silent)]).toEqual([null, 'binlog.000007:500 to binlog.000007:700']);
    expect(silent.plan.prediction.lost[0]?.reason).toMatch(/does not answer$/);
  });

  it('whose files are called otherwise is compared with nobody', () => {
    const other = planned(withKeeper(keeper(700, { selfCoordinates: place(700, 'mysql-bin.000009') })));
    expect([other.feed, lostKeeper(other)]).toEqual([null, '']);
  });

  it('C10: where a replica feeds the chosen one, the binlog server does not; what it has beyond both is named', () => {
    const fuller = { ...withKeeper(keeper(700)), designated: null };
    const fed = planned(fuller, { promotionRule: rules({ [ONE]: 'must_not' }) });
    expect(fed.choice.donor?.instance.key.port).toBe(ONE);
    expect([fed.feed, lostKeeper(fed)]).toEqual([null, 'binlog.000007:500 to binlog.000007:700']);
  });

  it('feeds no MariaDB that replicates by GTID: one at an earlier place would apply twice what it has', () => {
    const replica = frozen(ONE, { ...atPosition('0-1-10'), ...stands(500) });
    const mariadb = planned({ ...aFailedPrimaryWith(0), replicas: [replica], binlogServers: [keeper(700)] });
    expect([mariadb.feed, lostKeeper(mariadb)]).toEqual([null, 'binlog.000007:500 to binlog.000007:700']);
  });

  it('is nobody’s choice, also where it is alone', () => {
    const alone = failover({ ...aFailedPrimaryWith(0), binlogServers: [keeper(700)] });
    expect(alone).toMatchObject({ kind: 'refused', reason: 'no-candidate' });
  });
});

describe('D9: a binlog server below a dead primary whose replicas have no GTIDs', () => {
  const byPlace = (positions: readonly number[], one: SeenBinlogServer): FailoverRequest => {
    const replicas = positions.map((pos, index) =>
      sampleReplica(PRIMARY_PORT + 1 + index, PRIMARY_PORT, {
        receiverRunning: false,
        receiverState: 'stopped',
        usingOracleGtid: false,
        ...stands(pos),
      }),
    );
    return { ...aFailedPrimaryWith(0), ...comparable(replicas), binlogServers: [one] };
  };

  it('feeds the chosen one, and then everybody else up to the same place: nobody needs markers', () => {
    const { feed, plan } = planned(byPlace([500, 400], keeper(700)));
    expect(feed?.upTo).toEqual(place(700));
    expect(plan.prediction.lost.map((lost) => lost.key.port)).toEqual([KEEPER]);
    expect(isOrdered(plan)).toBe(true);
    expect(stepOf(plan, `drain ${key(ONE)}`)).toMatchObject({ recordsPlace: true });
    expect(stepOf(plan, `apply what ${key(TWO)} received`)).toMatchObject({
      dependsOn: [`promote ${key(ONE)}`],
      onFailure: 'lose-server',
    });
    expect(stepOf(plan, `see that ${key(TWO)} stands where ${key(ONE)} did`).dependsOn).toEqual([`drain ${key(TWO)}`]);
    expect(stepOf(plan, `point ${key(TWO)} at ${key(ONE)}`).commands).toMatchObject([
      { kind: 'follow-when-safe', at: { kind: 'place', place: { kind: 'log-end', after: `drain ${key(ONE)}` } } },
      { kind: 'start-replication' },
    ]);
  });

  it('that ends where the chosen one does gives the others the rest', () => {
    const { feed, plan } = planned(byPlace([500, 400], keeper(500)));
    expect(feed).toBeNull();
    expect(plan.prediction.lost.map((lost) => lost.key.port)).toEqual([KEEPER]);
    expect(plan.steps.map(({ id }) => id)).toContain(`let ${key(TWO)} go on at ${key(KEEPER)}`);
  });

  it('that has less than the chosen one feeds nobody', () => {
    const { plan } = planned(byPlace([500, 400], keeper(450)));
    expect(plan.prediction.lost.map((lost) => lost.key.port)).toEqual([TWO, KEEPER]);
  });
});
