/** How far a replica stays behind on purpose (O10). */
import { describe, expect, it } from 'vitest';
import { atPosition, has } from '../testing.ts';
import { planDelay } from './replication-delay.ts';
import { aReplicaWith, at, bothStopped, PRIMARY, planOf, REPLICA, refusalOf, sentBy, undoneBy } from './testing.ts';

const delay = (world: ReturnType<typeof aReplicaWith>, delaySeconds = 60) =>
  planDelay({ kind: 'delay-replication', key: at(REPLICA), delaySeconds }, world);

describe('delaying replication', () => {
  it('O10: MySQL: the applier alone stands still, and runs again', () => {
    const result = delay(aReplicaWith(has(10, 4)));
    expect(sentBy(result)).toEqual(['stop the applier', 'stay 60 seconds behind', 'start the applier']);
    expect(planOf(result).audits).toEqual([{ type: 'delay-replication', key: at(REPLICA), message: 'set to 60' }]);
  });

  it('O10: a failure leaves threads and delay as they were found', () => {
    expect(undoneBy(delay(aReplicaWith({ ...has(10), sqlDelaySeconds: 5 })))).toEqual([
      // It may run again already: the answer of its start was lost.
      'stop the applier',
      'stay 5 seconds behind',
      'start the applier',
    ]);
  });

  it('O10: threads that somebody had stopped stay stopped', () => {
    const applierStood = { ...has(10), applierState: 'stopped', applierRunning: false } as const;
    expect(sentBy(delay(aReplicaWith(applierStood)))).toEqual(['stop the applier', 'stay 60 seconds behind']);
    const stood = sentBy(delay(aReplicaWith({ ...bothStopped, ...has(10) })));
    expect(stood.filter((text) => text.startsWith('start'))).toEqual([]);
  });

  it('O10, D4: with both threads still the relay log goes: only while the source has it, else refused by name', () => {
    const mariadb = atPosition('0-1-10', '0-1-4');
    expect(sentBy(delay(aReplicaWith(mariadb)))).toEqual([
      'stop replication',
      'stay 60 seconds behind once 127.0.0.1:3301 has executed all that it has received',
      'start replication once 127.0.0.1:3301 has executed all that it has received',
    ]);
    expect(undoneBy(delay(aReplicaWith(mariadb)))).toEqual([
      'stop replication',
      'stay 0 seconds behind once 127.0.0.1:3301 has executed all that it has received',
      'start replication once 127.0.0.1:3301 has executed all that it has received',
    ]);
    expect(refusalOf(delay(aReplicaWith(mariadb, { silent: [PRIMARY] })))).toContain('relay-log-lost');
    const stood = { ...bothStopped, ...has(10, 4) };
    expect(refusalOf(delay(aReplicaWith(stood, { silent: [PRIMARY] })))).toContain('5-10 and has not applied it');
  });

  it('O10: what is no delay is refused with the contract texts', () => {
    expect(refusalOf(delay(aReplicaWith({}), -1))).toBe(
      'bad-delay: invalid seconds: -1, it should be greater or equal to 0',
    );
    expect(refusalOf(delay(aReplicaWith({}), 1.5))).toBe('bad-delay: Invalid value provided for seconds');
    expect(refusalOf(delay(aReplicaWith({}), 2 ** 31))).toContain('at most 2147483647');
  });
});
