import { describe, expect, it } from 'vitest';
import { parseServerVersion } from '../../model/server-version.ts';
import { type FieldCase, saying, statusColumns, statusVariables, variableFields } from '../oracle/testing.ts';
import { recordedRows } from '../testing.ts';
import { readProbe } from './read-probe.ts';
import { probeSectionsOf, WANTED_VARIABLES } from './statements.ts';

/** Only its kind matters here. */
const VERSION = parseServerVersion('5.7.44');

const key = { hostname: '127.0.0.1', port: 22294 };
const PRIMARY_UUID = '80e5b0a1-e72e-11f1-9aa6-02fc00000001';

/** What is known of a replica that says this there; undefined: nothing. */
const reading = (section: string, place: string, value: unknown) =>
  readProbe(key, saying(recordedRows('mysql-57-replica'), section, place, value)).instance;

describe.each([
  ['a column', 'replication', statusColumns('old')],
  ['a variable', 'variables', variableFields('old')],
  ['a status variable', 'status', statusVariables('old')],
] as const satisfies readonly (readonly [string, string, readonly FieldCase[]])[])(
  '%s of MySQL 5.7',
  (_, section, cases) => {
    it.each(cases)('%s is told by %s', (_what, place, value, facts) => {
      expect(reading(section, place, value)).toMatchObject(facts);
      expect(reading(section, place, undefined)).not.toMatchObject(facts);
    });

    it('costs its own fact alone where the server has none such', () => {
      const rest = cases.filter(([, place]) => place !== cases[0]?.[1]);
      for (const [, place, value, facts] of rest) {
        const rows = saying(recordedRows('mysql-57-replica'), section, cases[0]?.[1] ?? '', undefined);
        expect(readProbe(key, saying(rows, section, place, value)).instance).toMatchObject(facts);
      }
    });
  },
);

describe('a probe of a replica of MySQL 5.7', () => {
  const facts = readProbe(key, recordedRows('mysql-57-replica'));

  it('tells who it is, whom it follows and how far it is', () => {
    expect(facts.instance).toMatchObject({
      key,
      serverId: 22294,
      version: '5.7.44-log',
      superReadOnly: true,
      logReplicaUpdatesEnabled: true,
      sourceKey: { hostname: '127.0.0.1', port: 22293 },
      sourceUuid: PRIMARY_UUID,
      receiverState: 'running',
      applierState: 'running',
      executedGtidSet: `${PRIMARY_UUID}:1`,
      readCoordinates: { file: 'binlog.000001', pos: 347, type: 'binary' },
      selfCoordinates: { file: 'binlog.000001', pos: 354, type: 'binary' },
      replicationCredentialsAvailable: true,
    });
    expect(facts).toMatchObject({ hostname: 'db2.example', reportPort: 22294, replicationUser: 'repl' });
  });

  it('A8: tells of the receiver what proves that its source lives', () => {
    expect(facts.instance.evidence).toMatchObject({
      heartbeatsReceived: 1,
      heartbeatPeriodMillis: 1000,
      receivedGtid: `${PRIMARY_UUID}:1`,
      partialTransaction: '',
    });
  });

  it('tells both sides of semi-sync', () => {
    expect(facts.instance.semiSync).toMatchObject({
      available: true,
      sourcePluginModern: false,
      replicaPluginModern: false,
      sourceEnabled: false,
      replicaEnabled: true,
      sourceTimeoutMillis: 10_000n,
      sourceWaitForReplicaCount: 1,
      replicaStatus: true,
    });
  });
});

describe('a probe of a primary of MySQL 5.7', () => {
  const facts = readProbe({ hostname: '127.0.0.1', port: 22293 }, recordedRows('mysql-57-primary'));

  it('has no source, and names its replicas both ways', () => {
    expect(facts.instance).toMatchObject({ sourceKey: null, receiverState: 'none', evidence: null, readOnly: false });
    expect(facts.registeredReplicas).toEqual([{ host: '127.0.0.1', port: 22294, user: '' }]);
    expect(facts.dumpingReplicas).toEqual([{ host: '127.0.0.1', port: null, user: 'repl' }]);
  });

  it('counts its ackers', () => {
    expect(facts.instance.semiSync).toMatchObject({ sourceEnabled: true, sourceStatus: true, sourceClients: 1 });
  });
});

describe('a member of a replication group', () => {
  it('tells its role and the primary', () => {
    const own = '80e58d5a-e72e-11f1-8ace-02fc00000001';
    const rows = saying(recordedRows('mysql-57-replica'), 'variables', 'group_replication_group_name', 'the-group');
    saying(rows, 'variables', 'group_replication_single_primary_mode', 1).set('group', [
      { id: own, host: 'gr', port: 1, state: 'ONLINE', role: 'SECONDARY' },
      { id: 'p', host: 'gr', port: 2, state: 'ONLINE', role: 'PRIMARY' },
    ]);
    expect(readProbe(key, rows).instance.group).toMatchObject({
      name: 'the-group',
      memberRole: 'SECONDARY',
      memberState: 'ONLINE',
      members: [{ hostname: 'gr', port: 2 }],
      primaryKey: { hostname: 'gr', port: 2 },
    });
  });
});

describe('a probe of a replica of MySQL 5.6', () => {
  const { instance } = readProbe(key, recordedRows('mysql-56-replica'));

  it('A8: tells the heartbeats by its status, since it has no tables for them', () => {
    expect(instance.evidence).toMatchObject({ heartbeatsReceived: 1, heartbeatPeriodMillis: 1000 });
    const none = reading('receivers', 'heartbeats', undefined);
    expect(none.evidence).toMatchObject({ heartbeatsReceived: -1 });
  });

  it('has no variable for the ackers it waits for, and waits for one', () => {
    expect(instance.semiSync).toMatchObject({ available: true, sourceWaitForReplicaCount: 1 });
  });

  it('keeps its account in a file, where nobody can read it', () => {
    expect(instance).toMatchObject({ hasReplicationCredentials: true, replicationCredentialsAvailable: false });
  });

  it('has no super_read_only and no channels, which costs nothing else', () => {
    expect(instance).toMatchObject({ readOnly: true, superReadOnly: false, usingOracleGtid: true, sqlDelaySeconds: 0 });
    expect(instance.otherChannels).toEqual([]);
  });
});

describe('a probe asks', () => {
  const everything = new Set<string>(WANTED_VARIABLES);
  const asked = (...release: Parameters<typeof probeSectionsOf>) =>
    new Map(probeSectionsOf(...release)(everything, VERSION).map(({ name, sql }) => [name, sql]));

  it('nothing of the performance schema in 5.6, which has no such tables', () => {
    expect([...asked([5, 6, 51]).keys()]).toEqual([
      'variables',
      'replication',
      'binlog',
      'status',
      'registered',
      'dumping',
    ]);
    expect([...asked([5, 6, 51]).values()].join()).not.toContain('performance_schema');
  });

  it('D15: for half a transaction where the release can tell', () => {
    expect(asked([5, 7, 44]).get('receivers')).not.toContain('QUEUEING_TRANSACTION');
    expect(asked([8, 0, 21]).get('receivers')).toContain('QUEUEING_TRANSACTION');
  });

  it('for the members of a group where they have roles, and there is a group', () => {
    expect(asked([5, 7, 44]).has('group')).toBe(false);
    expect(asked([8, 0, 21]).has('group')).toBe(true);
    expect(probeSectionsOf([8, 0, 21])(new Set(), VERSION).some(({ name }) => name === 'group')).toBe(false);
  });

  it('in the words that these releases know', () => {
    for (const release of [
      [5, 6, 51],
      [5, 7, 44],
      [8, 0, 21],
    ] as const) {
      const sections = asked(release);
      expect(['replication', 'binlog', 'registered'].map((name) => sections.get(name))).toEqual([
        'SHOW SLAVE STATUS',
        'SHOW MASTER STATUS',
        'SHOW SLAVE HOSTS',
      ]);
      expect(sections.get('dumping')).toContain('information_schema.processlist');
      expect([...sections.values()].join()).not.toMatch(/replica\b|source/i);
    }
  });

  it('for no variable that the server lacks', () => {
    const [variables] = probeSectionsOf([5, 6, 51])(new Set(['server_id', 'log_slave_updates']), VERSION);
    expect(variables?.sql).toBe(
      'SELECT @@global.server_id AS server_id, @@global.log_slave_updates AS log_slave_updates',
    );
  });
});
