import { describe, expect, it } from 'vitest';
import { NO_SEMI_SYNC } from './blank-instance.ts';
import { clusterName, unixMillis } from './brand.ts';
import type { Instance } from './instance.ts';
import { type InstanceKey, keyId } from './instance-key.ts';
import {
  type TextTag,
  type TopologyTextContext,
  topologyTabulatedText,
  topologyTagsText,
  topologyText,
} from './text-topology.ts';
import { Topology } from './topology.ts';
import {
  SAMPLE_NOW,
  SAMPLE_SETTINGS,
  sampleGroup,
  sampleKey,
  sampleReplica,
  sampleServer,
} from './topology-samples.ts';

const downtimeOf = (key: InstanceKey) => ({
  key,
  owner: 'ops',
  reason: 'test',
  begin: SAMPLE_NOW,
  end: unixMillis(SAMPLE_NOW + 1000),
});

const contextWith = (...downtimed: InstanceKey[]): TopologyTextContext => ({
  now: SAMPLE_NOW,
  settings: SAMPLE_SETTINGS,
  downtimes: new Map(downtimed.map((key) => [keyId(key), downtimeOf(key)])),
});

/** The cluster as the topology hands it out, attributes computed. */
function drawn(...servers: Instance[]): Instance[] {
  const topology = new Topology();
  topology.putAll(servers);
  return topology.clusterNames().flatMap((name) => topology.cluster(name));
}

describe('the recorded topology', () => {
  const demo = () => [
    sampleServer(10111),
    sampleReplica(10112, 10111),
    sampleReplica(10113, 10111),
    sampleReplica(10114, 10111),
  ];
  const downtimed = contextWith(sampleKey(10114));

  it('plain (api/topology_demo)', () => {
    expect(topologyText(drawn(...demo()), downtimed)).toBe(
      '127.0.0.1:10111   [0s,ok,9.7.4-2,rw,ROW,>>,GTID]\n+ 127.0.0.1:10112 [0s,ok,9.7.4-2,ro,ROW,>>,GTID]\n+ 127.0.0.1:10113 [0s,ok,9.7.4-2,ro,ROW,>>,GTID]\n+ 127.0.0.1:10114 [0s,ok,9.7.4-2,ro,ROW,>>,GTID,downtimed]',
    );
  });

  it('with an intermediate primary and a stopped replica (api/topology-with-stopped-replica)', () => {
    const stopped = { receiverState: 'stopped', applierState: 'stopped', secondsBehindSource: null } as const;
    const servers = [
      sampleServer(10111),
      sampleReplica(10112, 10111),
      sampleReplica(10113, 10112),
      sampleReplica(10114, 10111, stopped),
    ];
    expect(topologyText(drawn(...servers), downtimed)).toBe(
      '127.0.0.1:10111     [0s,ok,9.7.4-2,rw,ROW,>>,GTID]\n+ 127.0.0.1:10112   [0s,ok,9.7.4-2,ro,ROW,>>,GTID]\n  + 127.0.0.1:10113 [0s,ok,9.7.4-2,ro,ROW,>>,GTID]\n- 127.0.0.1:10114   [null,nonreplicating,9.7.4-2,ro,ROW,>>,GTID,downtimed]',
    );
  });

  it('tabulated (api/topology-tabulated_demo)', () => {
    expect(topologyTabulatedText(drawn(...demo()), downtimed)).toBe(
      '127.0.0.1:10111  |0s|ok|9.7.4-2|rw|ROW|>>,GTID          \n+ 127.0.0.1:10112|0s|ok|9.7.4-2|ro|ROW|>>,GTID          \n+ 127.0.0.1:10113|0s|ok|9.7.4-2|ro|ROW|>>,GTID          \n+ 127.0.0.1:10114|0s|ok|9.7.4-2|ro|ROW|>>,GTID,downtimed',
    );
  });

  it('with tags (api/topology-tags_demo)', () => {
    const tags = new Map([[keyId(sampleKey(10112)), [{ name: 'role', value: 'backup' }]]]);
    expect(topologyTagsText(drawn(...demo()), downtimed, tags)).toBe(
      '127.0.0.1:10111   [0s,ok,9.7.4-2,rw,ROW,>>,GTID] []\n+ 127.0.0.1:10112 [0s,ok,9.7.4-2,ro,ROW,>>,GTID] [role=backup]\n+ 127.0.0.1:10113 [0s,ok,9.7.4-2,ro,ROW,>>,GTID] []\n+ 127.0.0.1:10114 [0s,ok,9.7.4-2,ro,ROW,>>,GTID,downtimed] []',
    );
  });

  it('of a cluster nobody knows is empty', () => {
    expect(topologyText([], downtimed)).toBe('');
    expect(topologyTabulatedText([], downtimed)).toBe('');
  });
});

describe('the example of the command line’s specification', () => {
  const key = (name: string, port = 3306) => sampleKey(port, `${name}.example`);
  const modern = { version: '8.0.36' };
  const servers = () => [
    sampleServer(3306, { ...modern, key: key('pay-01.ams'), semiSync: { ...NO_SEMI_SYNC, sourceStatus: true } }),
    sampleReplica(3306, 0, {
      ...modern,
      key: key('pay-02.ams'),
      sourceKey: key('pay-01.ams'),
      semiSync: { ...NO_SEMI_SYNC, replicaStatus: true },
    }),
    sampleReplica(3306, 0, {
      ...modern,
      key: key('pay-03.ams'),
      sourceKey: key('pay-01.ams'),
      lastSeen: unixMillis(SAMPLE_NOW - 60_000),
    }),
    sampleReplica(3307, 0, {
      ...modern,
      key: key('pay-05.fra', 3307),
      sourceKey: key('pay-02.ams'),
      sqlDelaySeconds: 3600,
      secondsBehindSource: 3604,
      replicationLagSeconds: 3604,
      gtidErrant: 'x:1',
    }),
    sampleReplica(3306, 0, {
      ...modern,
      key: key('pay-06.fra'),
      sourceKey: key('pay-02.ams'),
      instanceAlias: 'reports',
      logBinEnabled: false,
      applierState: 'stopped',
    }),
  ];
  const context = contextWith(key('pay-03.ams'));

  const PLAIN = `pay-01.ams.example:3306               [0s,ok,8.0.36,rw,ROW,>>,GTID,semi:master]
+ pay-02.ams.example:3306             [0s,ok,8.0.36,ro,ROW,>>,GTID,semi:replica]
  + pay-05.fra.example:3307           [3604s,ok,8.0.36,ro,ROW,>>,GTID:errant]
  - pay-06.fra.example:3306 (reports) [null,nonreplicating,8.0.36,ro,nobinlog,GTID]
- pay-03.ams.example:3306             [unknown,invalid,8.0.36,ro,ROW,>>,GTID,downtimed]`;

  it('plain', () => {
    expect(topologyText(drawn(...servers()), context)).toBe(PLAIN);
  });

  it('tags by name, those without value bare', () => {
    const tag = (name: string, value = ''): TextTag => ({ name, value });
    const tags = new Map([
      [keyId(key('pay-01.ams')), [tag('tier', '1'), tag('owner', 'billing')]],
      [keyId(key('pay-02.ams')), [tag('backup')]],
      [keyId(key('pay-03.ams')), [tag('old-hw')]],
    ]);
    const after = ['[owner=billing,tier=1]', '[backup]', '[]', '[]', '[old-hw]'];
    const expected = PLAIN.split('\n').map((line, index) => `${line} ${after[index]}`);
    expect(topologyTagsText(drawn(...servers()), context, tags)).toBe(expected.join('\n'));
  });

  it('tabulated, lag flush right, last column padded', () => {
    const expected = `pay-01.ams.example:3306··············|·····0s|ok············|8.0.36|rw|ROW·····|>>,GTID,semi:master·
+·pay-02.ams.example:3306············|·····0s|ok············|8.0.36|ro|ROW·····|>>,GTID,semi:replica
··+·pay-05.fra.example:3307··········|··3604s|ok············|8.0.36|ro|ROW·····|>>,GTID:errant······
··-·pay-06.fra.example:3306·(reports)|···null|nonreplicating|8.0.36|ro|nobinlog|GTID················
-·pay-03.ams.example:3306············|unknown|invalid·······|8.0.36|ro|ROW·····|>>,GTID,downtimed···`;
    expect(topologyTabulatedText(drawn(...servers()), context)).toBe(expected.replaceAll('·', ' '));
  });
});

describe('trees without a single root', () => {
  it('draw each of two co-primaries at the margin, with its own branch', () => {
    const servers = [sampleReplica(1, 2), sampleReplica(2, 1), sampleReplica(3, 1), sampleReplica(4, 2)];
    const heads = topologyText(drawn(...servers), contextWith())
      .split('\n')
      .map((line) => line.split('[')[0]?.trimEnd());
    expect(heads).toEqual(['+ 127.0.0.1:1', '  + 127.0.0.1:3', '+ 127.0.0.1:2', '  + 127.0.0.1:4']);
  });

  it('draw a ring of three once around, from the server that names it', () => {
    const servers = [sampleReplica(1, 3), sampleReplica(2, 1), sampleReplica(3, 2)];
    const heads = topologyText(drawn(...servers), contextWith())
      .split('\n')
      .map((line) => line.split('[')[0]?.trimEnd());
    expect(heads).toEqual(['127.0.0.1:1', '+ 127.0.0.1:2', '  + 127.0.0.1:3']);
  });

  it('show only the last of several servers without a parent', () => {
    const same = { clusterName: clusterName('one') };
    const text = topologyText([sampleServer(1, same), sampleReplica(2, 1, same), sampleServer(3, same)], contextWith());
    expect(text).toBe('127.0.0.1:3 [0s,ok,9.7.4-2,rw,ROW,>>,GTID]');
  });
});

describe('a replication group', () => {
  const group = () => [
    sampleServer(1, { group: sampleGroup(1, 1) }),
    sampleServer(2, { group: sampleGroup(1, 2), readOnly: true }),
    sampleReplica(9, 1),
  ];

  it('marks secondaries with a sign of three bytes, which shifts their brackets (contract)', () => {
    expect(topologyText(drawn(...group()), contextWith()).replaceAll(' ', '·')).toBe(
      `127.0.0.1:1·····[0s,ok,9.7.4-2,rw,ROW,>>,GTID]
‡·127.0.0.1:2·[0s,ok,9.7.4-2,ro,ROW,>>,GTID]
+·127.0.0.1:9···[0s,ok,9.7.4-2,ro,ROW,>>,GTID]`,
    );
  });

  it('tabulated widens the first column instead', () => {
    const columns = topologyTabulatedText(drawn(...group()), contextWith())
      .split('\n')
      .map((line) => line.split('|')[0]);
    expect(columns).toEqual(['127.0.0.1:1    ', '‡ 127.0.0.1:2  ', '+ 127.0.0.1:9  ']);
  });
});
