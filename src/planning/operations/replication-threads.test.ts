/** Stopping and starting one replica (spec/topology-operations.md 3.4). */
import { describe, expect, it } from 'vitest';
import { NO_SEMI_SYNC } from '../../model/blank-instance.ts';
import { sampleServer } from '../../model/topology-samples.ts';
import { NICE_STOP_SECONDS_MAX } from '../deadlines.ts';
import { applierBroken, atPosition, has, TEST_POLICY } from '../testing.ts';
import { planNiceStop, planRestart, planStart, planStop } from './replication-threads.ts';
import {
  aReplicaWith,
  at,
  aWorld,
  bothStopped,
  byPosition,
  PRIMARY,
  planOf,
  REPLICA,
  refusalOf,
  seenBy,
  sentBy,
  stepsOf,
  undoneBy,
} from './testing.ts';

const key = at(REPLICA);
const channel = {
  name: 'other',
  sourceKey: at(3399),
  receiverState: 'running',
  applierState: 'running',
  usingGtid: true,
  receivedGtid: '',
} as const;

describe('stopping', () => {
  const stop = (world: ReturnType<typeof aReplicaWith>) => planStop({ kind: 'stop-replication', key }, world);

  it('O1: both threads stop, and are seen to', () => {
    const result = stop(aReplicaWith({}));
    expect(sentBy(result)).toEqual(['stop replication']);
    expect(seenBy(result)).toEqual(['threads']);
    expect(planOf(result).audits).toEqual([]);
  });

  it('O1: a server that replicates from nobody is refused', () => {
    const world = aWorld([sampleServer(REPLICA)]);
    expect(refusalOf(stop(world))).toBe('not-a-replica: instance is not a replica: 127.0.0.1:3302');
  });

  it('O1, D8: of a server with several sources all channels stop, and the plan says so', () => {
    const result = stop(aReplicaWith({ otherChannels: [channel] }));
    expect(stepsOf(result)[0]?.commands).toEqual([{ kind: 'stop-replication', everyChannel: true }]);
    expect(planOf(result).warnings[0]).toContain('several sources');
  });
});

describe('stopping nicely', () => {
  const niceStop = (world: ReturnType<typeof aReplicaWith>, timeoutSeconds = 0) =>
    planNiceStop({ kind: 'stop-replication-nicely', key, timeoutSeconds }, world);

  it('O2: the receiver stops, all is applied within a bounded time, then both threads stand', () => {
    const result = niceStop(aReplicaWith(has(10, 4)));
    expect(sentBy(result)).toEqual(['stop the receiver', 'stop replication']);
    expect(seenBy(result)).toEqual(['drained', 'threads']);
    expect(stepsOf(result)[0]?.patienceMillis).toBe(NICE_STOP_SECONDS_MAX * 1000);
    expect(stepsOf(niceStop(aReplicaWith(has(10)), 7))[0]?.patienceMillis).toBe(7000);
  });

  it('O2: where not all is applied in time, the threads are as they were found', () => {
    expect(undoneBy(niceStop(aReplicaWith(has(10, 4))))).toEqual(['start replication']);
    const applierStood = aReplicaWith({ ...has(10, 4), applierState: 'stopped', applierRunning: false });
    expect(sentBy(niceStop(applierStood))).toEqual(['start the applier', 'stop the receiver', 'stop replication']);
    expect(undoneBy(niceStop(applierStood))).toEqual(['start the receiver', 'stop the applier']);
  });

  it('O2: a delayed replica is not waited for', () => {
    expect(sentBy(niceStop(aReplicaWith({ ...has(10, 4), sqlDelaySeconds: 3600 })))).toEqual(['stop replication']);
  });

  it.each([-1, 1.5, Number.NaN, 86_401])('O2: a timeout of %d seconds is refused', (seconds) => {
    expect(refusalOf(niceStop(aReplicaWith({}), seconds))).toContain('bad-timeout');
  });
});

describe('starting', () => {
  const start = (world: ReturnType<typeof aReplicaWith>) => planStart({ kind: 'start-replication', key }, world);
  const semiSync = { ...NO_SEMI_SYNC, priority: 1 };

  it('O3c: both threads are seen to run; where they do not, the contract says "Replication not running", and they go on trying', () => {
    const result = start(aReplicaWith({ ...bothStopped, ...has(10) }));
    expect(sentBy(result)).toEqual(['start replication']);
    expect(seenBy(result)).toEqual(['replicates-from']);
    expect(planOf(result).failureText).toBe('Replication not running');
    expect(undoneBy(result)).toEqual([]);
  });

  it('O3a, O3b: a server with a priority waits for nobody, and acknowledges unless it must not be promoted (E3)', () => {
    const world = { ...bothStopped, ...has(10), semiSync: { ...semiSync, sourceEnabled: true } };
    expect(sentBy(start(aReplicaWith(world)))).toEqual([
      'wait for no acknowledgements',
      'acknowledge what is received',
      'start replication',
    ]);
    const mustNot = { promotion: { ...TEST_POLICY, promotionRule: () => 'must_not' as const } };
    const acks = { ...world, semiSync: { ...semiSync, replicaEnabled: true } };
    expect(sentBy(start(aReplicaWith(acks, { rules: mustNot })))).toEqual(['acknowledge nothing', 'start replication']);
  });

  it('D4: MariaDB by GTID with unapplied relay log starts only while its source has what would be dropped', () => {
    const stood = { ...bothStopped, ...atPosition('0-1-10', '0-1-4') };
    expect(sentBy(start(aReplicaWith(stood)))).toEqual([
      'start replication once 127.0.0.1:3301 has executed all that it has received',
    ]);
    const lost = refusalOf(start(aReplicaWith(stood, { silent: [PRIMARY] })));
    expect(lost).toContain('relay-log-lost: 127.0.0.1:3302 has received 0-1-10');
    const applied = { ...bothStopped, ...atPosition('0-1-10') };
    expect(sentBy(start(aReplicaWith(applied, { silent: [PRIMARY] })))).toEqual(['start replication']);
  });

  it('O3: a replica by file and position starts without any look at its source', () => {
    const world = aReplicaWith({ ...bothStopped, ...byPosition(100, 900) }, { silent: [PRIMARY] });
    expect(sentBy(start(world))).toEqual(['start replication']);
  });
});

describe('restarting', () => {
  const restart = (world: ReturnType<typeof aReplicaWith>) => planRestart({ kind: 'restart-replication', key }, world);

  it('O4: stops, then starts', () => {
    const result = restart(aReplicaWith(has(10, 4)));
    expect(sentBy(result)).toEqual(['stop replication', 'start replication']);
    expect(planOf(result).failureText).toBe('Replication not running');
  });

  it('O4: what stops and cannot be started is left as it was found', () => {
    expect(undoneBy(restart(aReplicaWith(has(10))))).toEqual(['start replication']);
    expect(undoneBy(restart(aReplicaWith(applierBroken(has(10, 4)))))).toEqual(['start the receiver']);
  });

  it('O4, D4: MariaDB by GTID is not restarted where that drops what its dead source cannot send again', () => {
    const world = aReplicaWith(atPosition('0-1-10', '0-1-4'), { silent: [PRIMARY] });
    expect(refusalOf(restart(world))).toContain('relay-log-lost');
  });
});
