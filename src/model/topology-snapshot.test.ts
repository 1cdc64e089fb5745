import { describe, expect, it } from 'vitest';
import { type ClusterName, clusterName } from './brand.ts';
import { type ClusterSought, clusterOfSnapshot, type SnapshotServer, snapshotText } from './topology-snapshot.ts';

const key = (hostname: string) => ({ hostname, port: 3306 });
const PAY = clusterName('pay-1:3306');
const SHOP = clusterName('shop-1:3306');

function server(hostname: string, source: string | null, cluster: ClusterName = PAY): SnapshotServer {
  return {
    key: key(hostname),
    sourceKey: source === null ? null : key(source),
    clusterName: cluster,
    version: '8.4.3',
  };
}

const drawn = (...servers: readonly SnapshotServer[]) => snapshotText(servers, 'plain').split('\n');

describe('the drawing of a snapshot', () => {
  it('has a mark and the key a line, depth by depth', () => {
    const lines = drawn(
      server('pay-1', null),
      server('pay-2', 'pay-1'),
      server('pay-3', 'pay-2'),
      server('pay-4', 'pay-1'),
    );
    expect(lines).toEqual(['pay-1:3306', '- pay-2:3306', '  - pay-3:3306', '- pay-4:3306']);
  });

  it('tabulated is one column', () => {
    expect(snapshotText([server('pay-1', null), server('pay-2', 'pay-1')], 'tabulated')).toBe(
      'pay-1:3306  \n- pay-2:3306',
    );
  });

  it('of two co-primaries has no root', () => {
    expect(drawn(server('a', 'b'), server('b', 'a'), server('c', 'b'))).toEqual(['- a:3306', '- b:3306', '  - c:3306']);
  });

  it('leaves nobody out: not a second server without a source, not a ring', () => {
    expect(drawn(server('a', null), server('b', 'a'), server('c', null))).toEqual(['a:3306', '- b:3306', 'c:3306']);
    expect(drawn(server('a', 'b'), server('b', 'c'), server('c', 'a'))).toEqual(['a:3306', '- c:3306', '  - b:3306']);
  });

  it('of nobody is empty', () => expect(snapshotText([], 'tabulated')).toBe(''));
});

describe('the cluster of a snapshot', () => {
  const servers = [
    server('pay-1', null),
    server('pay-2', 'pay-1'),
    server('pay-3', 'pay-1'),
    server('shop-1', null, SHOP),
    server('shop-2', 'shop-1', SHOP),
  ];
  const sought = (changes: Partial<ClusterSought>) =>
    clusterOfSnapshot(servers, { hint: '', name: null, members: [], ...changes });

  it('is the one of the name said, even if nobody has it today', () => expect(sought({ hint: PAY })).toBe(PAY));

  it('is the one in which a server was, also one that is in another today', () => {
    expect(sought({ hint: 'shop-2:3306', name: PAY })).toBe(SHOP);
  });

  it('is found by its members where a failover has renamed it', () => {
    const members = [key('pay-2'), key('pay-3'), key('shop-2'), key('new')];
    expect(sought({ hint: 'pay', name: clusterName('pay-2:3306'), members })).toBe(PAY);
  });

  it('is none when nobody of it was there', () => {
    expect(sought({ hint: 'new', name: clusterName('new:3306'), members: [key('new')] })).toBeNull();
  });
});
