import { describe, expect, it } from 'vitest';
import { sampleReplica, sampleServer } from '../../model/topology-samples.ts';
import { holding, trx } from '../testing.ts';
import {
  binlogServer,
  byPosition,
  factsOf,
  key,
  log,
  moves,
  planned,
  refusal,
  story,
  withoutGtid,
} from './move-testing.ts';

const executed = (upTo: number, received = upTo) => holding(trx(`1-${received}`, 1), trx(`1-${upTo}`, 1));
const replica = (port: number, upTo: number, changes = {}) => sampleReplica(port, 1, { ...executed(upTo), ...changes });
const regroup = (method: 'any' | 'gtid' | 'pseudo-gtid' | 'binlog-servers' = 'any') =>
  ({ kind: 'regroup-replicas', key: key(1), method }) as const;
const CONFIGURED = { rules: { pseudoGtidIsConfigured: true } };

describe('O52, O53: replicas gather below the best of them', () => {
  it('O53: by GTID below who has received most', () => {
    const plan = planned(
      regroup(),
      factsOf([sampleServer(1), replica(2, 10), replica(3, 12), replica(4, 11)], { silent: [1] }),
    );
    expect(plan.promoted).toEqual(key(3));
    expect(moves(plan)).toEqual(['2: 1 -> 3 (gtid)', '4: 1 -> 3 (gtid)']);
  });

  it('O53: received counts, not applied', () => {
    const world = [sampleServer(1), replica(2, 10), sampleReplica(3, 1, executed(5, 12))];
    expect(planned(regroup(), factsOf(world, { silent: [1] })).promoted).toEqual(key(3));
  });

  it('D5: one that is further and unfit feeds the chosen one first, so that nobody is lost', () => {
    const ahead = replica(4, 12, { logReplicaUpdatesEnabled: false });
    const fed = [sampleServer(1), replica(2, 10), replica(3, 10), ahead];
    const plan = planned(regroup(), factsOf(fed, { silent: [1] }));
    // Without a log of what it replicates it cannot feed anybody either.
    expect(plan.promoted).toEqual(key(2));
    const newer = replica(4, 12, { binlogFormat: 'ROW' });
    const statement = { binlogFormat: 'STATEMENT' };
    const formats = [sampleServer(1), replica(2, 10, statement), replica(3, 10, statement), newer];
    expect(planned(regroup(), factsOf(formats, { silent: [1] })).promoted).toEqual(key(2));
  });

  it('D5: while the source lives, nobody needs to be fed: the chosen one still receives', () => {
    const plan = planned(regroup(), factsOf([sampleServer(1), replica(2, 10), replica(3, 12)]));
    expect(plan.before).toEqual([]);
  });

  it('H1, H4: below an orphan in the data center of the dead source, of those that are as far', () => {
    const here = { dataCenter: 'ams' };
    const world = [
      sampleServer(1, here),
      replica(2, 10, { dataCenter: 'fra' }),
      replica(3, 10, here),
      replica(4, 10, { dataCenter: 'fra' }),
    ];
    const plan = planned(regroup(), factsOf(world, { silent: [1] }));
    expect(plan.promoted).toEqual(key(3));
    expect(moves(plan)).toEqual(['2: 1 -> 3 (gtid)', '4: 1 -> 3 (gtid)']);
  });

  it('O52: a single one is the answer, and is left as it is', () => {
    const plan = planned(regroup(), factsOf([sampleServer(1), replica(2, 10)]));
    expect([plan.promoted, plan.lanes]).toEqual([key(2), []]);
  });

  it('O52: of none is refused, as for a server that nobody knows', () => {
    expect(refusal(regroup(), factsOf([sampleServer(1)]))).toContain(
      'Could not regroup replicas of 127.0.0.1:1; error: No replicas found',
    );
    expect(refusal({ ...regroup(), key: key(9) }, factsOf([sampleServer(1)]))).toBe(
      'not-found: Instance not found: 127.0.0.1:9',
    );
  });

  it('C14: with nobody fit it is refused', () => {
    const unfit = { logBinEnabled: false };
    const world = [sampleServer(1), replica(2, 10, unfit), replica(3, 10, unfit)];
    expect(refusal(regroup('gtid'), factsOf(world))).toContain('chooseCandidateReplica: no candidate replica found');
  });
});

describe('O54, O55: by pseudo-GTID', () => {
  const PRIMARY = withoutGtid(1);

  it('O54: the chosen one gets as far as each before its place is searched for', () => {
    const world = [PRIMARY, byPosition(2, 1, 100), byPosition(3, 1, 90)];
    const plan = planned(regroup(), factsOf(world, CONFIGURED));
    expect([plan.promoted, moves(plan)]).toEqual([key(2), ['3: 1 -> 2 (pseudo-gtid)']]);
    expect(story(plan)).toEqual([
      '3 stop the receiver',
      '2 waits until applied-up-to',
      '3 find its place in the binary logs of 127.0.0.1:2',
      '3 replicate from 127.0.0.1:2 (at the place found by "find where 127.0.0.1:3 stands on 127.0.0.1:2") once it has applied all that it has received',
      '3 start replication',
    ]);
  });

  it('O54: with a dead source, who stands where the chosen one stands goes on at the end of its log', () => {
    const world = [PRIMARY, byPosition(2, 1, 100), byPosition(3, 1, 100), byPosition(4, 1, 90)];
    const plan = planned(regroup('pseudo-gtid'), factsOf(world, { ...CONFIGURED, silent: [1] }));
    expect(moves(plan)).toEqual(['3: 1 -> 2 (same-coordinates)', '4: 1 -> 2 (pseudo-gtid)']);
    expect(plan.after).toHaveLength(1);
  });

  it('O54: a chosen one that still applies passes nobody by: who stood beside it is searched for, or seen to stand there still', () => {
    const dead = { ...CONFIGURED, silent: [1] };
    const received = { readCoordinates: log('source-bin.000001', 150) };
    const applies = [PRIMARY, byPosition(2, 1, 100, received), byPosition(3, 1, 100)];
    expect(moves(planned(regroup('pseudo-gtid'), factsOf(applies, dead)))).toEqual(['3: 1 -> 2 (pseudo-gtid)']);
    const done = planned(regroup('pseudo-gtid'), factsOf([PRIMARY, byPosition(2, 1), byPosition(3, 1)], dead));
    expect(done.lanes[0]?.steps[1]?.postcondition).toEqual({
      kind: 'applied-up-to',
      place: { kind: 'applied', after: done.before[0]?.id },
      mayBePast: false,
    });
  });

  it('O54: a chosen one whose threads somebody had stopped is not started', () => {
    const stopped = {
      receiverState: 'stopped',
      receiverRunning: false,
      applierState: 'stopped',
      applierRunning: false,
    } as const;
    const world = [PRIMARY, byPosition(2, 1, 100, stopped), byPosition(3, 1, 100, stopped)];
    const plan = planned(regroup('pseudo-gtid'), factsOf(world, { ...CONFIGURED, silent: [1] }));
    expect(plan.after).toEqual([]);
  });

  it('O55: replicas behind binlog servers of the same source come along', () => {
    const world = [PRIMARY, byPosition(2, 1, 100), binlogServer(3, 1), byPosition(4, 3, 90)];
    const plan = planned(regroup(), factsOf(world, CONFIGURED));
    expect(moves(plan)).toEqual(['4: 3 -> 2 (pseudo-gtid)']);
    expect(plan.audits.map(({ type }) => type)).toEqual(['regroup-replicas-including-bls']);
  });

  it('O54: is refused where markers are not configured', () => {
    expect(refusal(regroup(), factsOf([PRIMARY, byPosition(2, 1), byPosition(3, 1)]))).toContain(
      'PseudoGTIDPattern not configured; cannot use Pseudo-GTID',
    );
  });
});

describe('O56: binlog servers gather below the one that has got furthest', () => {
  const at = (pos: number) => ({ execCoordinates: log('source-bin.000001', pos) });

  it('O56: at the same coordinates', () => {
    const world = [withoutGtid(1), binlogServer(2, 1, 90, at(90)), binlogServer(3, 1, 100, at(100))];
    const plan = planned(regroup('binlog-servers'), factsOf(world));
    expect([plan.promoted, moves(plan)]).toEqual([key(3), ['2: 1 -> 3 (same-coordinates)']]);
    expect(planned(regroup(), factsOf(world)).promoted).toEqual(key(3));
  });

  it('O56: without any it is refused, and nothing crashes', () => {
    expect(refusal(regroup('binlog-servers'), factsOf([withoutGtid(1), byPosition(2, 1)]))).toContain(
      'Could not regroup binlog server replicas of 127.0.0.1:1; error: No binlog servers found',
    );
  });
});
