import { describe, expect, it } from 'vitest';
import { parseServerVersion } from '../../model/server-version.ts';
import { saying } from '../oracle/testing.ts';
import { recordedRows } from '../testing.ts';
import { readProbe } from './read-probe.ts';
import { probeSectionsOf, WANTED_VARIABLES } from './statements.ts';

/** Only its kind matters here. */
const VERSION = parseServerVersion('8.0.36');

const key = { hostname: '127.0.0.1', port: 22294 };

/** What is known of a replica that says this there; undefined: nothing. */
const reading = (section: string, place: string, value: unknown) =>
  readProbe(key, saying(recordedRows('mysql-80-replica'), section, place, value)).instance;

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
  it.each([
    [[8, 0, 22], 'SHOW MASTER STATUS'],
    [[8, 0, 36], 'SHOW MASTER STATUS'],
    [[8, 1, 0], 'SHOW MASTER STATUS'],
    [[8, 2, 0], 'SHOW BINARY LOG STATUS'],
    [[8, 3, 0], 'SHOW BINARY LOG STATUS'],
  ] as const)('in the words that %j knows: %s', (release, binlogStatus) => {
    const sections = new Map(
      probeSectionsOf(release)(new Set<string>(WANTED_VARIABLES), VERSION).map(({ name, sql }) => [name, sql]),
    );
    expect(['replication', 'binlog', 'registered'].map((name) => sections.get(name))).toEqual([
      'SHOW REPLICA STATUS',
      binlogStatus,
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
