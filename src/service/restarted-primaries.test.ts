/** A23, E6: whom somebody has to make writable again, since it is no person who made it read-only. */
import { describe, expect, it } from 'vitest';
import { Picture } from '../discovery/picture.ts';
import { ManualClock, RememberingStore } from '../discovery/testing.ts';
import { unixMillis } from '../model/brand.ts';
import type { Instance } from '../model/instance.ts';
import { keyId } from '../model/instance-key.ts';
import { sampleKey, sampleReplica, sampleServer } from '../model/topology-samples.ts';
import { RestartedPrimaries } from './restarted-primaries.ts';

const PRIMARY = 1;
const UP_SECONDS = 1_000;

const writer = (changes: Partial<Instance> = {}) =>
  sampleServer(PRIMARY, { readOnly: false, uptimeSeconds: UP_SECONDS, ...changes });
const reader = (changes: Partial<Instance> = {}) => writer({ readOnly: true, ...changes });

async function aWorld(stored: readonly Instance[] = []) {
  const clock = new ManualClock();
  const picture = new Picture(new RememberingStore(stored));
  await picture.load();
  const restarted = new RestartedPrimaries({ picture, clock });
  restarted.start();
  return {
    clock,
    see: (...instances: readonly Instance[]) => {
      for (const instance of instances) picture.observed(instance);
      return restarted.readOnly.has(keyId(sampleKey(PRIMARY)));
    },
    waitedBefore: () => restarted.waitedBefore(sampleKey(PRIMARY)),
  };
}

describe('A23: a primary that is read-only', () => {
  it('has restarted, if it took writes until then', async () => {
    const { clock, see } = await aWorld();
    expect(see(writer())).toBe(false);
    await clock.advance(5_000);
    expect(see(reader({ uptimeSeconds: 0 }))).toBe(true);
    expect(see(reader({ uptimeSeconds: 4 }))).toBe(true);
  });

  it('has restarted also if it took longer than it had been up', async () => {
    const { clock, see } = await aWorld();
    see(writer({ uptimeSeconds: 10 }));
    await clock.advance(600_000);
    expect(see(reader({ uptimeSeconds: 20 }))).toBe(true);
  });

  it('was made so by a person, if it runs on; and is left so when it is started anew', async () => {
    const { clock, see } = await aWorld();
    see(writer());
    await clock.advance(5_000);
    expect(see(reader({ uptimeSeconds: UP_SECONDS + 4 }))).toBe(false);
    await clock.advance(5_000);
    expect(see(reader({ uptimeSeconds: 1 }))).toBe(false);
  });

  it('is of no concern any more once it has taken writes or follows somebody', async () => {
    const { clock, see } = await aWorld();
    see(writer());
    await clock.advance(5_000);
    expect(see(reader({ uptimeSeconds: 0 }))).toBe(true);
    await clock.advance(1_000);
    expect(see(writer({ uptimeSeconds: 1 }))).toBe(false);
    await clock.advance(1_000);
    expect(see(reader({ uptimeSeconds: 2 }))).toBe(false);
    see(writer({ uptimeSeconds: 2 }));
    await clock.advance(5_000);
    expect(see(reader({ uptimeSeconds: 0 }))).toBe(true);
    expect(see(sampleReplica(PRIMARY, 2, { uptimeSeconds: 1 }))).toBe(false);
    expect(see(reader({ uptimeSeconds: 2 }))).toBe(false);
  });

  it('is not the one that took writes, if it is another server at the same address', async () => {
    const { clock, see } = await aWorld();
    see(writer({ serverId: 7 }));
    await clock.advance(5_000);
    expect(see(reader({ serverId: 8, uptimeSeconds: 0 }))).toBe(false);
  });

  it('has restarted while no node was running, by what the backend knows', async () => {
    const now = new ManualClock().now();
    const lastSeen = unixMillis(now - 60_000);
    // It had just died.
    const lastChecked = unixMillis(now - 59_000);
    const stored = writer({ lastSeen, lastChecked, lastAttemptedCheck: lastChecked });
    const { see } = await aWorld([stored]);
    expect(see(reader({ uptimeSeconds: UP_SECONDS + 60 }))).toBe(false);
    const again = await aWorld([stored]);
    expect(again.see(reader({ uptimeSeconds: 30 }))).toBe(true);
  });

  it('is no binlog server', async () => {
    const { clock, see } = await aWorld();
    see(writer());
    await clock.advance(5_000);
    expect(see(reader({ uptimeSeconds: 0, isBinlogServer: true }))).toBe(false);
  });
});

describe('E2: a primary that waited for acknowledgements', () => {
  const waiting = { ...writer().semiSync, sourceEnabled: true };

  it('has forgotten it by being started anew, read-only or not, until it waits again', async () => {
    for (const readOnly of [true, false]) {
      const { clock, see, waitedBefore } = await aWorld();
      see(writer({ semiSync: waiting }));
      await clock.advance(5_000);
      see(writer({ readOnly, uptimeSeconds: 0 }));
      expect(waitedBefore()).toBe(true);
      see(writer({ uptimeSeconds: 1 }));
      expect(waitedBefore()).toBe(true);
      see(writer({ uptimeSeconds: 2, semiSync: waiting }));
      expect(waitedBefore()).toBe(false);
    }
  });

  it('was told by a person not to, if it runs on', async () => {
    const { clock, see, waitedBefore } = await aWorld();
    see(writer({ semiSync: waiting }));
    await clock.advance(5_000);
    see(writer({ uptimeSeconds: UP_SECONDS + 5 }));
    expect(waitedBefore()).toBe(false);
  });
});
