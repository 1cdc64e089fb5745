/** Servers held for an operation: renewed while it lasts, given back at its end (spec/topology-operations.md 1.9). */
import { describe, expect, it } from 'vitest';
import { millis } from '../model/brand.ts';
import { sampleKey } from '../model/topology-samples.ts';
import { lockedText, RENEW_LOCKS_MILLIS, ServerLocks } from './server-locks.ts';
import { OperationWorld } from './testing.ts';

function aWorld(heldByOthers: readonly number[] = []) {
  const world = new OperationWorld([], { heldByOthers });
  const { clock, lock } = world.ports;
  return { world, story: world.story, clock: world.clock, locks: new ServerLocks({ clock, lock, reason: 'a move' }) };
}

const [ONE, TWO] = [sampleKey(1), sampleKey(2)];

describe('locks', () => {
  it('are taken once, renewed every minute while they are held, and given back all at once', async () => {
    const { locks, clock, story } = aWorld();
    await locks.take(ONE);
    await locks.take(ONE);
    await locks.take(TWO);
    await clock.sleep(millis(2 * RENEW_LOCKS_MILLIS + 1));
    await locks.releaseAll();
    await clock.sleep(millis(10 * RENEW_LOCKS_MILLIS));
    const renewed = ['renew 1', 'renew 2'];
    expect(story).toEqual(['lock 1', 'lock 2', ...renewed, ...renewed, 'release 1', 'release 2']);
    expect([clock.timers, locks.lost]).toEqual([0, null]);
  });

  it('say who has what somebody else has, and hold nothing of it', async () => {
    const { locks } = aWorld([1]);
    const by = { owner: 'ops', reason: 'disk is being replaced' };
    expect(await locks.take(ONE)).toEqual({ kind: 'taken', by });
    expect(locks.holds(ONE)).toBe(false);
    expect(lockedText(ONE, 'a move', by)).toBe(
      'Cannot begin maintenance on 127.0.0.1:1: Cannot begin maintenance for instance: 127.0.0.1:1; maintenance reason: a move (held by ops: disk is being replaced)',
    );
  });

  it('one that was taken away is known as lost at its next renewal, and stays so', async () => {
    const { locks, clock, world } = aWorld();
    await locks.take(ONE);
    await locks.take(TWO);
    world.lost.add(2);
    await clock.sleep(RENEW_LOCKS_MILLIS);
    expect(locks.lost).toEqual(TWO);
    world.lost.clear();
    await clock.sleep(RENEW_LOCKS_MILLIS);
    expect(locks.lost).toEqual(TWO);
  });

  it('one that was handed over meanwhile is not lost', async () => {
    const { locks, clock, world } = aWorld();
    await locks.take(ONE);
    world.lost.add(1);
    const renewing = clock.sleep(RENEW_LOCKS_MILLIS);
    locks.handOver(ONE);
    await renewing;
    expect(locks.lost).toBeNull();
  });

  it('a backend that cannot be asked just now has taken nothing away', async () => {
    const { clock } = aWorld();
    const renew = () => Promise.reject(new Error('database is locked'));
    const lock = async () => ({ kind: 'held', server: { key: ONE, renew, release: async () => {} } }) as const;
    const locks = new ServerLocks({ clock, lock, reason: '' });
    await locks.take(ONE);
    await clock.sleep(millis(3 * RENEW_LOCKS_MILLIS));
    expect([locks.lost, clock.timers]).toEqual([null, 1]);
  });
});
