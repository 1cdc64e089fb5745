import { describe, expect, it } from 'vitest';
import { millis, unixMillis } from '../model/brand.ts';
import type { NodeIdentity } from '../model/recovery-record.ts';
import type { Clock } from '../ports/clock.ts';
import { newBackend } from '../store/temporary-backend.ts';
import { singleNodeLeadership } from './single-node.ts';

const node = (token: string): NodeIdentity => ({ hostname: 'here', token });

/** Wall clock and monotonic clock, which go apart where a test wants it. */
function aClock() {
  let [wall, monotonic] = [Date.UTC(2026, 0, 1), 0];
  const clock: Clock = {
    now: () => unixMillis(wall),
    monotonic: () => millis(monotonic),
    after: () => ({ cancel: () => {} }),
    sleep: () => Promise.resolve(),
  };
  return {
    clock,
    pass(milliseconds: number) {
      wall += milliseconds;
      monotonic += milliseconds;
    },
    stepWallClock(milliseconds: number) {
      wall += milliseconds;
    },
  };
}

async function world() {
  const { backend } = await newBackend();
  const time = aClock();
  let isBroken = false;
  const errors: unknown[] = [];
  const leadership = (token: string) =>
    singleNodeLeadership({
      identity: node(token),
      clock: time.clock,
      onError: (error) => errors.push(error),
      store: {
        attemptElection: (...ask) =>
          isBroken ? Promise.reject(new Error('disk full')) : backend.attemptElection(...ask),
        grabElection: (...ask) => backend.grabElection(...ask),
      },
    });
  return {
    ...time,
    errors,
    leadership,
    breakStore(broken: boolean) {
      isBroken = broken;
    },
  };
}

describe('leadership of a node on a backend of its own', () => {
  it('is gained at the first attempt, and lasts while it is renewed', async () => {
    const { leadership, pass } = await world();
    const one = leadership('one');
    expect(one.isLeader()).toBe(false);
    for (let second = 0; second < 20; second++) {
      await one.renew();
      expect(one.isLeader()).toBe(true);
      pass(1_000);
    }
  });

  it('survives a renewal that the backend refuses, and ends when that lasts', async () => {
    const { leadership, pass, breakStore, errors } = await world();
    const one = leadership('one');
    await one.renew();
    breakStore(true);
    pass(1_000);
    await one.renew();
    expect(one.isLeader()).toBe(true);
    expect(errors).toHaveLength(1);
    pass(2_000);
    expect(one.isLeader()).toBe(false);
    breakStore(false);
    await one.renew();
    expect(one.isLeader()).toBe(true);
  });

  it('A24, K15: has ended for a process that was stopped for a while, before anybody else can have it', async () => {
    const { leadership, pass, stepWallClock } = await world();
    const [one, other] = [leadership('one'), leadership('other')];
    await one.renew();
    for (let tenth = 0; tenth < 100; tenth++) {
      await other.renew();
      expect(one.isLeader() && other.isLeader()).toBe(false);
      pass(100);
    }
    expect([one.isLeader(), other.isLeader()]).toEqual([false, true]);
    // A step of the wall clock does not make it last longer.
    stepWallClock(-3_600_000);
    pass(5_000);
    expect(other.isLeader()).toBe(false);
  });

  it('is lost at once to somebody who grabs it, at the next look', async () => {
    const { leadership } = await world();
    const [one, other] = [leadership('one'), leadership('other')];
    await one.renew();
    await other.grab();
    await one.renew();
    expect([one.isLeader(), other.isLeader()]).toEqual([false, true]);
  });
});
