/** B7: who is recovered first when much has failed at once. */
import { describe, expect, it } from 'vitest';
import { clusterName } from '../model/brand.ts';
import { at } from '../planning/testing.ts';
import { deadPrimary } from './hook-testing.ts';
import { RecoveryQueue } from './recovery-queue.ts';

const entryOf = (name: string, port: number, countReplicas = 2) => {
  const entry = deadPrimary();
  return { ...entry, key: at(port), countReplicas, cluster: { ...entry.cluster, clusterName: clusterName(name) } };
};

/** Recoveries that end when they are told to; who has begun, in order. */
function aQueue(recoveriesAtOnce: number, first: readonly string[] = []) {
  const placeInOrder = ({ clusterName: name }: { readonly clusterName: string }): number => {
    const place = first.indexOf(name);
    return place === -1 ? first.length : place;
  };
  const queue = new RecoveryQueue(() => ({ recoveriesAtOnce, placeInOrder }));
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const begin = async (name: string, port: number, { replicas = 2, changesPrimary = true } = {}): Promise<void> => {
    ends.set(name, await queue.take(entryOf(name, port, replicas), changesPrimary));
    begun.push(name);
  };
  const end = async (name: string): Promise<void> => {
    ends.get(name)?.();
    await new Promise((done) => setImmediate(done));
  };
  return { queue, begun, begin, end };
}

describe('when more has failed than is recovered at once', () => {
  it('no more begin than may, and each end lets the next one begin', async () => {
    const { queue, begun, begin, end } = aQueue(2);
    for (const [index, name] of ['a', 'b', 'c', 'd'].entries()) void begin(name, index);
    await end('nobody');
    expect([begun, queue.isFull]).toEqual([['a', 'b'], true]);
    await end('b');
    expect(begun).toEqual(['a', 'b', 'c']);
    await end('a');
    await end('c');
    await end('d');
    expect([begun.length, queue.isFull]).toEqual([4, false]);
  });

  it('primaries come before repairs, what people have put first before the rest, then those with more replicas', async () => {
    const { begun, begin, end } = aQueue(1, ['pay', 'shop']);
    void begin('now', 1);
    void begin('repair', 2, { changesPrimary: false, replicas: 90 });
    void begin('small', 3, { replicas: 1 });
    void begin('large', 4, { replicas: 20 });
    void begin('shop', 5);
    void begin('pay', 6);
    await end('nobody');
    for (const name of ['now', 'pay', 'shop', 'large', 'small', 'repair']) await end(name);
    expect(begun).toEqual(['now', 'pay', 'shop', 'large', 'small', 'repair']);
  });
});
