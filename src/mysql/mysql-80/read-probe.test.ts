import { describe, expect, it } from 'vitest';
import { parseServerVersion } from '../../model/server-version.ts';
import { type FieldCase, saying, statusColumns, statusVariables, variableFields } from '../oracle/testing.ts';
import { recordedRows } from '../testing.ts';
import { readProbe } from './read-probe.ts';
import { probeSectionsOf, WANTED_VARIABLES } from './statements.ts';

/** Only its kind matters here. */
const VERSION = parseServerVersion('8.0.36');

const key = { hostname: '127.0.0.1', port: 22294 };
const PRIMARY_UUID = '80e5b0a1-e72e-11f1-9aa6-02fc00000001';

/** What is known of a replica that says this there; undefined: nothing. */
const reading = (section: string, place: string, value: unknown) =>
  readProbe(key, saying(recordedRows('mysql-80-replica'), section, place, value)).instance;

describe.each([
  ['a column', 'replication', statusColumns('modern')],
  ['a variable', 'variables', variableFields('modern')],
  ['a status variable', 'status', statusVariables('modern')],
] as const satisfies readonly (readonly [string, string, readonly FieldCase[]])[])(
  '%s of MySQL 8.0',
  (_, section, cases) => {
    it.each(cases)('%s is told by %s', (_what, place, value, facts) => {
      expect(reading(section, place, value)).toMatchObject(facts);
      expect(reading(section, place, undefined)).not.toMatchObject(facts);
    });

    it('costs its own fact alone where the server has none such', () => {
      const rest = cases.filter(([, place]) => place !== cases[0]?.[1]);
      for (const [, place, value, facts] of rest) {
        const rows = saying(recordedRows('mysql-80-replica'), section, cases[0]?.[1] ?? '', undefined);
        expect(readProbe(key, saying(rows, section, place, value)).instance).toMatchObject(facts);
      }
    });
  },
);

describe('a probe of a replica of MySQL 8.0', () => {
  const facts = readProbe(key, recordedRows('mysql-80-replica'));

  it('tells who it is, whom it follows and how far it is', () => {
    expect(facts.instance).toMatchObject({
      key,
      serverId: 22294,
      version: '8.0.36',
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
      sourcePluginModern: true,
      replicaPluginModern: true,
      sourceEnabled: false,
      replicaEnabled: true,
      sourceTimeoutMillis: 10_000n,
      sourceWaitForReplicaCount: 1,
      replicaStatus: true,
    });
  });
});

describe('a probe of a primary of MySQL 8.0', () => {
  const facts = readProbe({ hostname: '127.0.0.1', port: 22293 }, recordedRows('mysql-80-primary'));

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
    const rows = saying(recordedRows('mysql-80-replica'), 'variables', 'group_replication_group_name', 'the-group');
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

describe('what was renamed in 8.0.26', () => {
  it('is read by whichever name exists', () => {
    const both = recordedRows('mysql-80-replica');
    for (const gone of ['log_replica_updates', 'log_slave_updates']) {
      const { instance } = readProbe(key, saying(recordedRows('mysql-80-replica'), 'variables', gone, undefined));
      expect(instance.logReplicaUpdatesEnabled).toBe(true);
      saying(both, 'variables', gone, undefined);
    }
    expect(readProbe(key, both).instance.logReplicaUpdatesEnabled).toBe(false);
  });

  it('semi-sync: plugins of the older generation are read by their names, each side by itself', () => {
    const rows = recordedRows('mysql-80-replica');
    for (const name of ['enabled', 'timeout', 'wait_for_replica_count']) {
      saying(rows, 'variables', `rpl_semi_sync_source_${name}`, undefined);
    }
    saying(rows, 'variables', 'rpl_semi_sync_master_enabled', 1);
    saying(rows, 'variables', 'rpl_semi_sync_master_wait_for_slave_count', 2);
    saying(rows, 'status', 'Rpl_semi_sync_master_status', 'ON');
    expect(readProbe(key, rows).instance.semiSync).toMatchObject({
      available: true,
      sourcePluginModern: false,
      replicaPluginModern: true,
      sourceEnabled: true,
      sourceWaitForReplicaCount: 2,
      sourceStatus: true,
      replicaEnabled: true,
      replicaStatus: true,
    });
  });

  it('an account of 8.3 is in the table, although no variable says so any more', () => {
    expect(reading('variables', 'master_info_repository', undefined).replicationCredentialsAvailable).toBe(true);
  });
});

describe('a probe asks', () => {
  it.each([[[8, 0, 22]], [[8, 0, 36]], [[8, 3, 0]]] as const)('in the words that %j knows', (release) => {
    const sections = new Map(
      probeSectionsOf(release)(new Set<string>(WANTED_VARIABLES), VERSION).map(({ name, sql }) => [name, sql]),
    );
    expect(['replication', 'binlog', 'registered'].map((name) => sections.get(name))).toEqual([
      'SHOW REPLICA STATUS',
      'SHOW MASTER STATUS',
      'SHOW REPLICAS',
    ]);
    expect(sections.get('receivers')).toContain('QUEUEING_TRANSACTION');
    expect(sections.has('group')).toBe(true);
  });

  it('for the variables of either name that the server has', () => {
    const sql = (...names: string[]) => probeSectionsOf([8, 0, 36])(new Set(names), VERSION)[0]?.sql;
    expect(sql('log_slave_updates')).toBe('SELECT @@global.log_slave_updates AS log_slave_updates');
    expect(sql('log_replica_updates')).toBe('SELECT @@global.log_replica_updates AS log_replica_updates');
  });
});
