/** Operations of people beside each other in a cluster, and clusters that call them off: a dead primary does not wait for a move (A5). */
import { describe, expect, it } from 'vitest';
import { clusterName, type Millis, millis } from '../model/brand.ts';
import { ClusterWork } from './cluster-work.ts';
import { RecoveryWorld } from './testing.ts';

const [HERE, ELSEWHERE] = [clusterName('here:3306'), clusterName('elsewhere:3306')];

/** Whoever sleeps lets time go at once, but for what a test holds back. */
function aWorld() {
  const { ports } = new RecoveryWorld([]);
  return { clusters: new ClusterWork(ports.clock), clock: ports.clock };
}

/** Work that goes on until it is ended, or, where it heeds it, until it is called off. */
function someWork() {
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  let isCalledOff = (): boolean => false;
  let isCutShort = (): boolean => false;
  const work = async (calledOff: () => boolean, cutShort: () => boolean = () => false): Promise<string> => {
    isCalledOff = calledOff;
    isCutShort = cutShort;
    await ended;
    return 'done';
  };
  return { work, end, isCalledOff: () => isCalledOff(), isCutShort: () => isCutShort() };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('an operation of a person', () => {
  it('goes on beside another one in its cluster', async () => {
    const { clusters } = aWorld();
    const [one, other] = [someWork(), someWork()];
    const first = clusters.beside(HERE, 'a move', one.work);
    const second = clusters.beside(HERE, 'another move', other.work);
    await turn();
    expect(clusters.busyWith(HERE)).toBe('a move');
    other.end();
    expect(await second).toBe('done');
    expect(one.isCalledOff()).toBe(false);
    one.end();
    expect(await first).toBe('done');
    expect(clusters.busyWith(HERE)).toBe('');
  });

  it('is refused while the cluster is recovered, also under the name that it gets meanwhile', async () => {
    const { clusters } = aWorld();
    const answers = await clusters.alone(HERE, 'a recovery', async () => {
      clusters.holdAlso(HERE, ELSEWHERE);
      return Promise.all([HERE, ELSEWHERE].map((name) => clusters.beside(name, 'a move', async () => 'done')));
    });
    expect(answers).toEqual([null, null]);
    expect(await clusters.beside(ELSEWHERE, 'a move', async () => 'done')).toBe('done');
  });

  it('waits for short work in its cluster, and not for ever', async () => {
    const { clusters, clock } = aWorld();
    const { work, end } = someWork();
    const bringing = clusters.alone(HERE, 'bringing along', () => work(() => false), { isShort: true });
    const began = clock.monotonic();
    expect(await clusters.beside(HERE, 'a move', async () => 'done')).toBeNull();
    expect(clock.monotonic() - began).toBeGreaterThanOrEqual(10_000);
    const { ports } = new RecoveryWorld([]);
    // The short work ends while somebody waits for it.
    const sleep = async (delay: Millis): Promise<void> => {
      end();
      await turn();
      await ports.clock.sleep(delay);
    };
    const patient = new ClusterWork({ ...ports.clock, sleep });
    const short = patient.alone(HERE, 'bringing along', () => work(() => false), { isShort: true });
    expect(await patient.beside(HERE, 'a move', async () => 'done')).toBe('done');
    await Promise.all([bringing, short]);
  });

  it('that fails leaves nothing behind', async () => {
    const { clusters } = aWorld();
    const failing = clusters.beside(HERE, 'a move', () => Promise.reject(new Error('the backend is gone')));
    await expect(failing).rejects.toThrow('the backend is gone');
    expect(clusters.busyWith(HERE)).toBe('');
    expect(await clusters.alone(HERE, 'a switchover', async () => 'done')).toBe('done');
  });

  it('is waited for when the node ends', async () => {
    const { clusters } = aWorld();
    const { work, end } = someWork();
    let settled = false;
    void clusters.beside(HERE, 'a move', work);
    await turn();
    const settling = clusters.settled().then(() => (settled = true));
    await turn();
    expect(settled).toBe(false);
    end();
    await settling;
    expect(settled).toBe(true);
  });
});

describe('a recovery', () => {
  const CALLS_OFF = { urgent: true, callsOffOperations: true };

  it('A5: calls operations in its cluster off, and begins as soon as they have put back what they had begun', async () => {
    const { ports } = new RecoveryWorld([]);
    const never = (): Promise<void> => new Promise(() => {});
    const clusters = new ClusterWork({ ...ports.clock, sleep: never });
    const [one, other, away] = [someWork(), someWork(), someWork()];
    const moves = [
      clusters.beside(HERE, 'a move', one.work),
      clusters.beside(HERE, 'another move', other.work),
      clusters.beside(ELSEWHERE, 'a move', away.work),
    ];
    await turn();
    let began = false;
    const recovering = clusters.alone(HERE, 'a recovery', async () => (began = true), CALLS_OFF);
    await turn();
    expect([one, other, away].map((move) => move.isCalledOff())).toEqual([true, true, false]);
    // It has time to put back what it has begun.
    expect([one, other].map((move) => move.isCutShort())).toEqual([false, false]);
    one.end();
    await turn();
    expect(began).toBe(false);
    other.end();
    expect(await recovering).toBe(true);
    away.end();
    await Promise.all(moves);
  });

  it('A5: does not wait longer than a second and a half for one that does not end', async () => {
    const { clusters, clock } = aWorld();
    const { work, end, isCutShort } = someWork();
    const moving = clusters.beside(HERE, 'a move', work);
    await turn();
    const began = clock.monotonic();
    expect(await clusters.alone(HERE, 'a recovery', async () => isCutShort(), CALLS_OFF)).toBe(true);
    expect(clock.monotonic() - began).toBe(millis(1_500));
    end();
    await moving;
  });

  it('A5: nothing new begins in the cluster while it waits', async () => {
    const { ports } = new RecoveryWorld([]);
    const never = (): Promise<void> => new Promise(() => {});
    const clusters = new ClusterWork({ ...ports.clock, sleep: never });
    const { work, end } = someWork();
    const moving = clusters.beside(HERE, 'a move', work);
    await turn();
    const recovering = clusters.alone(HERE, 'a recovery', async () => 'done', CALLS_OFF);
    expect(await clusters.beside(HERE, 'another move', async () => 'done')).toBeNull();
    end();
    expect(await Promise.all([moving, recovering])).toEqual(['done', 'done']);
  });

  it('what can wait, such as a switchover, is refused while an operation is under way', async () => {
    const { clusters } = aWorld();
    const { work, end, isCalledOff } = someWork();
    const moving = clusters.beside(HERE, 'a move', work);
    await turn();
    expect(await clusters.alone(HERE, 'a switchover', async () => 'done')).toBeNull();
    expect(await clusters.alone(ELSEWHERE, 'a switchover', async () => 'done')).toBe('done');
    expect(isCalledOff()).toBe(false);
    end();
    await moving;
  });
});
