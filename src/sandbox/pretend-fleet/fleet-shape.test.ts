import { describe, expect, it } from 'vitest';
import { clustersOf, consecutivePorts, sharesOf } from './fleet-shape.ts';

const shape = { ports: consecutivePorts(20_000, 7), perCluster: 3, family: 'both' } as const;

describe('the clusters of a fleet', () => {
  it('are of both families in turn, the last one as large as is left', () => {
    expect(clustersOf(shape)).toEqual([
      { number: 1, family: 'mysql', ports: [20_000, 20_001, 20_002], firstServerNumber: 1 },
      { number: 2, family: 'mariadb', ports: [20_003, 20_004, 20_005], firstServerNumber: 4 },
      { number: 3, family: 'mysql', ports: [20_006], firstServerNumber: 7 },
    ]);
  });

  it.each([{ ports: [] }, { perCluster: 0 }])('there are none with %j', (change) => {
    expect(() => clustersOf({ ...shape, ...change })).toThrow('a fleet has a server');
  });

  it('there are no ports beyond the highest', () => {
    expect(consecutivePorts(65_534, 2)).toEqual([65_534, 65_535]);
    expect(() => consecutivePorts(65_534, 3)).toThrow('would need ports beyond 65535');
  });
});

describe('the shares of a fleet', () => {
  const clusters = clustersOf({ ...shape, ports: consecutivePorts(20_000, 100), perCluster: 10 });
  const sizes = (serversMax: number) => sharesOf(clusters, serversMax).map((share) => share.length);

  it('are as few and as equal as the limit of one process allows; clusters are never divided', () => {
    expect(sizes(100)).toEqual([10]);
    expect(sizes(99)).toEqual([5, 5]);
    expect(sizes(40)).toEqual([4, 4, 2]);
    expect(sizes(25)).toEqual([2, 2, 2, 2, 2]);
    expect(sizes(1)).toHaveLength(10);
  });
});
