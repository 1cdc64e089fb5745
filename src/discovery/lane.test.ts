import { describe, expect, it } from 'vitest';
import { Lane } from './lane.ts';
import { settled } from './testing.ts';

/** Work that ends when it is told to. */
function held() {
  const began: string[] = [];
  const ends = new Map<string, () => void>();
  const work = (name: string) => () => {
    began.push(name);
    return new Promise<string>((resolve) => ends.set(name, () => resolve(name)));
  };
  const end = async (name: string) => {
    ends.get(name)?.();
    await settled();
  };
  return { began, work, end };
}

describe('a lane', () => {
  it('lets so many in at once, the others in their order', async () => {
    const { began, work, end } = held();
    const lane = new Lane(() => 2);
    const all = ['a', 'b', 'c', 'd'].map((name) => lane.run(work(name)));
    await settled();
    expect(began).toEqual(['a', 'b']);
    expect([lane.waiting, lane.running]).toEqual([2, 2]);
    await end('b');
    expect(began).toEqual(['a', 'b', 'c']);
    for (const name of ['a', 'c', 'd']) await end(name);
    expect(await Promise.all(all)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('gives a place that becomes free to who waits, not to who comes at that moment', async () => {
    const { began, work, end } = held();
    const lane = new Lane(() => 1);
    const first = lane.run(work('first'));
    const waiting = lane.run(work('waiting'));
    await settled();
    const ended = end('first');
    // Comes when the first has given its place back, and before the waiting one has woken up.
    const late = Promise.resolve().then(() => lane.run(work('late')));
    await ended;
    expect(began).toEqual(['first', 'waiting']);
    await end('waiting');
    await end('late');
    await Promise.all([first, waiting, late]);
  });

  it('goes on after work that failed', async () => {
    const lane = new Lane(() => 1);
    await expect(lane.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await lane.run(() => Promise.resolve('next'))).toBe('next');
  });

  it('lets more in as soon as it may, when the limit has been raised', async () => {
    const { began, work, end } = held();
    let limit = 0;
    const lane = new Lane(() => limit);
    const all = ['a', 'b', 'c', 'd'].map((name) => lane.run(work(name)));
    await settled();
    expect(began).toEqual(['a']);
    limit = 3;
    await end('a');
    expect(began).toEqual(['a', 'b', 'c', 'd']);
    for (const name of ['b', 'c', 'd']) await end(name);
    await Promise.all(all);
  });
});
