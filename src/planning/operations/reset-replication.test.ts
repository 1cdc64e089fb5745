/** A replica forgets its source (O12). */
import { describe, expect, it } from 'vitest';
import { sampleServer } from '../../model/topology-samples.ts';
import { applierBroken, has } from '../testing.ts';
import { planResetReplication } from './reset-replication.ts';
import { aReplicaWith, at, aWorld, PRIMARY, planOf, REPLICA, refusalOf, seenBy, sentBy, undoneBy } from './testing.ts';

const reset = (world: ReturnType<typeof aReplicaWith>) =>
  planResetReplication({ kind: 'reset-replication', key: at(REPLICA) }, world);

describe('resetting replication', () => {
  it('O12: it stops, and forgets its source while that one has all that was received', () => {
    const result = reset(aReplicaWith(has(10, 4)));
    expect(sentBy(result)).toEqual([
      'stop replication',
      'forget its source once 127.0.0.1:3301 has executed all that it has received',
    ]);
    expect(seenBy(result)).toEqual(['threads', 'has-no-source']);
    expect(undoneBy(result)).toEqual(['start replication']);
    expect(planOf(result).audits[0]?.type).toBe('reset-slave');
    expect(planOf(result).moves[0]?.to).toBeNull();
  });

  it('O12, D4: the relay log of a replica whose source is silent is applied first, or it is refused by name', () => {
    expect(sentBy(reset(aReplicaWith(has(10, 4), { silent: [PRIMARY] })))).toEqual([
      'stop the receiver',
      'forget its source once it has applied all that it has received',
    ]);
    const broken = aReplicaWith(applierBroken(has(10, 4)), { silent: [PRIMARY] });
    expect(refusalOf(reset(broken))).toContain('relay-log-lost');
  });

  it('O12, D4: a source that has purged what the replica lacks does not hold it', () => {
    const replica = applierBroken(has(10, 4));
    const purged = { ...sampleServer(PRIMARY), gtidPurged: `${has(10).executedGtidSet}` };
    const [, found] = aReplicaWith(replica).topology.cluster(sampleServer(PRIMARY).clusterName);
    if (found === undefined) throw new Error('no replica');
    expect(refusalOf(reset(aWorld([purged, found])))).toContain('relay-log-lost');
  });

  it('O12: a server that has no source is left alone', () => {
    expect(sentBy(reset(aWorld([sampleServer(REPLICA)])))).toEqual([]);
  });

  it('D8: a server with several sources would forget them all: refused', () => {
    const channel = { name: 'b', sourceKey: at(9), receiverState: 'running', applierState: 'running' } as const;
    const world = aReplicaWith({ otherChannels: [{ ...channel, usingGtid: true, receivedGtid: '' }] });
    expect(refusalOf(reset(world))).toContain('several-sources');
  });
});
