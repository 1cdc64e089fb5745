import { describe, expect, it } from 'vitest';
import { serverUuid } from '../model/brand.ts';
import type { Instance } from '../model/instance.ts';
import { sampleReplica, sampleServer } from '../model/topology-samples.ts';
import {
  isSmallerFormat,
  type ReplicationRefusalKind,
  type ReplicationRules,
  replicationRefusal,
} from './can-replicate.ts';
import { TEST_POLICY } from './testing.ts';

const REPLICA = '127.0.0.1:10112';
const SOURCE = '127.0.0.1:10111';

/** May a sample replica of somebody else go below a sample primary, each changed as told? */
function verdict(replica: Partial<Instance>, source: Partial<Instance>, rules: Partial<ReplicationRules> = {}) {
  return replicationRefusal(sampleReplica(10112, 10199, replica), sampleServer(10111, source), {
    ...TEST_POLICY,
    ...rules,
  });
}

interface Refused {
  readonly situation: string;
  readonly replica: Partial<Instance>;
  readonly source: Partial<Instance>;
  readonly rules?: Partial<ReplicationRules>;
  readonly kind: ReplicationRefusalKind;
  readonly text: string;
}

const FILTERED = { hasReplicationFilters: true };

// The rules of spec/topology-operations.md 2.1, in its order.
const REFUSED: readonly Refused[] = [
  {
    situation: 'the server itself',
    replica: { key: { hostname: '127.0.0.1', port: 10111 } },
    source: {},
    kind: 'same-server',
    text: `instance cannot replicate from itself: ${SOURCE}`,
  },
  {
    situation: 'a source without binary log',
    replica: {},
    source: { logBinEnabled: false },
    kind: 'no-binary-log',
    text: `instance does not have binary logs enabled: ${SOURCE}`,
  },
  {
    situation: 'a source that is a replica and does not log what it replicates',
    replica: {},
    source: { ...sampleReplica(10111, 10110), logReplicaUpdatesEnabled: false },
    kind: 'no-log-replica-updates',
    text: `instance does not have log_slave_updates enabled: ${SOURCE}`,
  },
  {
    situation: 'C2: a source of a higher major version',
    replica: { version: '8.0.36' },
    source: { version: '8.4.0' },
    kind: 'lower-version',
    text: `instance ${REPLICA} has version 8.0.36, which is lower than 8.4.0 on ${SOURCE} `,
  },
  {
    situation: 'C4: a ROW source for a replica that logs STATEMENT',
    replica: { binlogFormat: 'STATEMENT' },
    source: { binlogFormat: 'ROW' },
    kind: 'smaller-binlog-format',
    text: `Cannot replicate from ROW binlog format on ${SOURCE} to STATEMENT on ${REPLICA}`,
  },
  {
    situation: 'C5: a source with filters for a replica without any, where filters are verified',
    replica: {},
    source: FILTERED,
    rules: { verifyReplicationFilters: true },
    kind: 'replication-filters',
    text: `${SOURCE} has replication filters`,
  },
  {
    situation: 'a server with the same id',
    replica: { serverId: 7 },
    source: { serverId: 7 },
    kind: 'same-server-id',
    text: `Identical server id: ${SOURCE}, ${REPLICA} both have 7`,
  },
  {
    situation: 'a server with the same UUID',
    replica: { serverUuid: serverUuid('cloned') },
    source: { serverUuid: serverUuid('cloned') },
    kind: 'same-server-uuid',
    text: `Identical server UUID: ${SOURCE}, ${REPLICA} both have cloned`,
  },
  {
    situation: 'D8: a source that is delayed longer than the replica, and than is tolerated',
    replica: { sqlDelaySeconds: 5 },
    source: { sqlDelaySeconds: 21 },
    kind: 'higher-delay',
    text: `${SOURCE} has higher SQL_Delay (21 seconds) than ${REPLICA} does (5 seconds)`,
  },
];

describe('a replica may not replicate from', () => {
  it.each(REFUSED)('$situation', ({ replica, source, rules, kind, text }) => {
    expect(verdict(replica, source, rules)).toEqual({ kind, text });
  });

  it('anybody for whom two rules fail, and the first of them is told', () => {
    expect(verdict({ version: '5.7.8', serverId: 7 }, { serverId: 7, logBinEnabled: false })?.kind).toBe(
      'no-binary-log',
    );
    expect(verdict({ version: '5.7.8', serverId: 7 }, { serverId: 7 })?.kind).toBe('lower-version');
  });
});

const ALLOWED: readonly (readonly [string, Partial<Instance>, Partial<Instance>, Partial<ReplicationRules>])[] = [
  ['a server like itself', {}, {}, {}],
  [
    'a primary that would not log what it replicates, for it replicates nothing',
    {},
    { logReplicaUpdatesEnabled: false },
    {},
  ],
  ['C3: an older source', { version: '8.4.0' }, { version: '8.0.36' }, {}],
  ['another patch of its major version', { version: '8.4.0' }, { version: '8.4.9' }, {}],
  [
    'a higher version where that is allowed',
    { version: '8.0.36' },
    { version: '8.4.0' },
    { lowerReplicaVersionAllowed: true },
  ],
  [
    'a higher version when it is a binlog server',
    { version: '8.0.36', isBinlogServer: true },
    { version: '8.4.0' },
    {},
  ],
  [
    'a binlog server, whose version says nothing of the binary logs it serves',
    { version: '8.0.36' },
    { version: '23.02.1-maxscale', isBinlogServer: true },
    {},
  ],
  ['a STATEMENT source when it logs ROW', { binlogFormat: 'ROW' }, { binlogFormat: 'STATEMENT' }, {}],
  [
    'a ROW source when it does not log at all',
    { binlogFormat: 'STATEMENT', logBinEnabled: false },
    { binlogFormat: 'ROW' },
    {},
  ],
  ['a source with filters where they are not verified', {}, FILTERED, {}],
  ['a source with filters when it has some too', FILTERED, FILTERED, { verifyReplicationFilters: true }],
  ['its own id when it is a binlog server', { serverId: 7, isBinlogServer: true }, { serverId: 7 }, {}],
  [
    'a server without a UUID when it has none either (MariaDB)',
    { serverUuid: serverUuid('') },
    { serverUuid: serverUuid('') },
    {},
  ],
  ['a source with a delay that is tolerated', {}, { sqlDelaySeconds: 20 }, {}],
  ['a source with a long delay when its own is as long', { sqlDelaySeconds: 3600 }, { sqlDelaySeconds: 3600 }, {}],
];

describe('a replica may replicate from', () => {
  it.each(ALLOWED)('%s', (_, replica, source, rules) => {
    expect(verdict(replica, source, rules)).toBeNull();
  });
});

describe('binlog formats', () => {
  it('are ordered STATEMENT < MIXED < ROW, unknown ones not at all', () => {
    const formats = ['STATEMENT', 'MIXED', 'ROW', ''];
    const smaller = formats.flatMap((one) =>
      formats.filter((other) => isSmallerFormat(one, other)).map((other) => one + other),
    );
    expect(smaller).toEqual(['STATEMENTMIXED', 'STATEMENTROW', 'MIXEDROW']);
  });
});
