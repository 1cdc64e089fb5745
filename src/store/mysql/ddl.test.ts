import { describe, expect, it } from 'vitest';
import { planDeployment } from '../deployment-plan.ts';
import { ALL_TABLES, tableNamed } from '../schema/schema.ts';
import { columnFact } from './column-facts.ts';
import { columnDdl, deploymentSql, indexName } from './ddl.ts';

const COLLATION = 'utf8mb4_bin';
const TEXT = 'character set utf8mb4 collate utf8mb4_bin';

const ddlOf = (table: Parameters<typeof tableNamed>[0], column: string): string => {
  const declared = tableNamed(table).columns[column];
  if (declared === undefined) throw new Error(`no column ${column}`);
  return columnDdl(column, declared, COLLATION);
};

describe('a column in the words of MySQL', () => {
  it.each([
    ['topology_recovery', 'recovery_id', '`recovery_id` bigint unsigned not null auto_increment'],
    ['agent_seed', 'agent_seed_id', '`agent_seed_id` int unsigned not null auto_increment'],
    ['database_instance', 'port', '`port` smallint unsigned not null'],
    ['database_instance', 'replication_io_thread_state', '`replication_io_thread_state` tinyint not null default 0'],
    ['database_instance', 'uptime', '`uptime` int unsigned not null'],
    ['database_instance', 'seconds_behind_master', '`seconds_behind_master` bigint unsigned null default null'],
    ['database_instance', 'hostname', `\`hostname\` varchar(128) ${TEXT} not null`],
    ['database_instance', 'version_comment', `\`version_comment\` varchar(128) ${TEXT} not null default ''`],
    ['database_instance', 'executed_gtid_set', `\`executed_gtid_set\` mediumtext ${TEXT} not null`],
    ['database_instance', 'last_checked', '`last_checked` timestamp not null default current_timestamp'],
    ['database_instance', 'last_seen', '`last_seen` timestamp null default null'],
    [
      'database_instance',
      'last_attempted_check',
      "`last_attempted_check` timestamp not null default '1971-01-01 00:00:00'",
    ],
    ['database_instance_downtime', 'begin_timestamp', '`begin_timestamp` timestamp null default current_timestamp'],
    ['node_health_history', 'first_seen_active', '`first_seen_active` timestamp not null'],
    ['database_instance_topology_history', 'cluster_name', `\`cluster_name\` tinytext ${TEXT} not null`],
    ['raft_store', 'store_key', '`store_key` varbinary(512) not null'],
    [
      'candidate_database_instance',
      'promotion_rule',
      `\`promotion_rule\` enum('must', 'prefer', 'neutral', 'prefer_not', 'must_not') ${TEXT} not null default 'neutral'`,
    ],
  ] as const)('%s.%s', (table, column, ddl) => {
    expect(ddlOf(table, column)).toBe(ddl);
  });
});

describe('names of indexes', () => {
  const namesOf = (table: Parameters<typeof tableNamed>[0]) =>
    tableNamed(table).indexes.map((index) => indexName(tableNamed(table), index));

  it('are short where the contract added the index later, else they end with the table', () => {
    expect(namesOf('cluster_alias')).toEqual(['alias_uidx', 'last_registered_idx']);
    expect(namesOf('database_instance_tags')).toEqual(['tag_name_idx_database_instance_tags']);
    expect(namesOf('database_instance')).toContain('master_host_port_idx_database_instance');
  });

  it('are no longer than a server takes', () => {
    for (const { name, indexes } of ALL_TABLES) {
      const names = indexes.map((index) => indexName(tableNamed(name as Parameters<typeof tableNamed>[0]), index));
      for (const one of names) expect(one.length, one).toBeLessThanOrEqual(64);
    }
  });
});

describe('a deployment', () => {
  const plan = (existing: Parameters<typeof planDeployment>[1]) =>
    planDeployment([tableNamed('cluster_alias')], existing);

  it('makes a new table with its indexes in one statement', () => {
    const [create, ...more] = deploymentSql(plan(new Map()), COLLATION, new Map());
    expect(more).toEqual([]);
    expect(create).toMatch(/^create table `cluster_alias` \(/);
    expect(create).toContain('unique key `alias_uidx` (`alias`)');
    expect(create).toContain('engine = InnoDB');
  });

  it('adds to an old table in one statement, and finds a free name where an index of other columns has it', () => {
    const old = { columns: new Set(['cluster_name', 'alias']), indexes: [{ columns: ['cluster_name'], unique: true }] };
    const steps = plan(new Map([['cluster_alias', old]]));
    const existing = { indexNames: new Set(['alias_uidx', 'alias_uidx_2']), facts: new Map() };
    const sql = deploymentSql(steps, COLLATION, new Map([['cluster_alias', existing]]));
    expect(sql).toEqual([
      'alter table `cluster_alias` add column `last_registered` timestamp not null default current_timestamp, ' +
        'add unique key `alias_uidx_3` (`alias`), add key `last_registered_idx` (`last_registered`)',
    ]);
  });

  it('looks at the beginning of a text that is too long for an index', () => {
    const history = tableNamed('database_instance_topology_history');
    const [create] = deploymentSql(planDeployment([history], new Map()), COLLATION, new Map());
    expect(create).toContain('(`snapshot_unix_timestamp`, `cluster_name`(63))');
    const tinyText = columnFact({
      dataType: 'tinytext',
      columnType: '',
      charset: 'ascii',
      characters: 255,
      bytes: 255,
    });
    const existing = { indexNames: new Set<string>(), facts: new Map([['alias', tinyText]]) };
    const old = { columns: new Set(['cluster_name', 'alias', 'last_registered']), indexes: [] };
    const steps = plan(new Map([['cluster_alias', old]]));
    const [alter] = deploymentSql(steps, COLLATION, new Map([['cluster_alias', existing]]));
    expect(alter).toContain('add unique key `alias_uidx` (`alias`(63))');
  });
});
