import type { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import type { DeploymentOptions } from '../deployment.ts';
import { describeStep, planDeployment } from '../deployment-plan.ts';
import { ALL_TABLES, CONTRACT_TABLES } from '../schema/schema.ts';
import { noon, openByHand, temporaryFile } from '../temporary-backend.ts';
import { columnDefault, columnType } from './ddl.ts';
import { deploySchema } from './deploy.ts';
import { introspect, tableNames } from './introspect.ts';

const deploy = (database: DatabaseSync, change: Partial<DeploymentOptions> = {}) =>
  deploySchema(database, {
    version: '1.0.0',
    skipUpdate: false,
    refuseDifferentVersion: false,
    now: noon(),
    ...change,
  });

const emptyDatabase = () => openByHand(temporaryFile());

const schemaText = (database: DatabaseSync) =>
  database.prepare('select type, name, sql from sqlite_schema order by type, name').all();

/** As an ancient version of the reference left it: fewer tables, fewer columns, other index names, a column of somebody's own. */
function olderDatabase(): DatabaseSync {
  const database = emptyDatabase();
  database.exec(`
    create table database_instance (
      hostname varchar(128) not null, port smallint not null,
      last_checked timestamp not null default '', last_seen timestamp null,
      server_id int not null, version varchar(128) not null, binlog_format varchar(16) not null,
      log_bin tinyint not null, log_slave_updates tinyint not null,
      binary_log_file varchar(128) not null, binary_log_pos bigint not null,
      master_host varchar(128) not null, master_port smallint not null,
      slave_sql_running tinyint not null, slave_io_running tinyint not null,
      master_log_file varchar(128) not null, read_master_log_pos bigint not null,
      relay_master_log_file varchar(128) not null, exec_master_log_pos bigint not null,
      seconds_behind_master bigint null, slave_lag_seconds bigint null,
      num_slave_hosts int not null, slave_hosts text not null, cluster_name varchar(128) not null,
      site_note text null,
      primary key (hostname, port));
    create index historic_name on database_instance (cluster_name);
    create index last_seen_idx_database_instance on database_instance (cluster_name, last_seen);
    insert into database_instance values ('a', 3306, '2020-01-01T00:00:00Z', '', 1, '5.6.40-log', 'ROW', 1, 1, 'bin.1', 4, '_', 0,
      0, 0, '', 0, '', 0, null, null, 0, '[]', 'a:3306', 'keep me');
    create view whats_wrong as select 1;
  `);
  return database;
}

describe('deployment on an empty file', () => {
  it('creates the 47 tables of the contract and ours, columns in order with their types and defaults', () => {
    const database = emptyDatabase();
    deploy(database);
    expect(CONTRACT_TABLES).toHaveLength(47);
    expect(tableNames(database).sort()).toEqual(ALL_TABLES.map((table) => table.name).sort());
    for (const table of ALL_TABLES) {
      const columns = database
        .prepare('select name, lower(type) as type, "notnull", dflt_value, pk from pragma_table_info(?) order by cid')
        .all(table.name);
      const declared = Object.entries(table.columns).map(([name, column]) => ({
        name,
        type: columnType(column),
        notnull: column.nullable || column.type.kind === 'id' ? 0 : 1,
        dflt_value: columnDefault(column),
        pk: table.key.indexOf(name) + 1,
      }));
      expect(columns, table.name).toEqual(declared);
    }
  });

  it('leaves nothing to plan: every key and index is there', () => {
    const database = emptyDatabase();
    deploy(database);
    expect(planDeployment(ALL_TABLES, introspect(database)).map(describeStep)).toEqual([]);
    expect(
      new Set(
        introspect(database)
          .get('topology_recovery')
          ?.indexes.filter((index) => index.unique),
      ),
    ).toEqual(
      new Set([
        { columns: ['recovery_id'], unique: true },
        { columns: ['hostname', 'port', 'in_active_period', 'end_active_period_unixtime'], unique: true },
      ]),
    );
  });

  it('records the version and puts nobody into the seat of the active node', () => {
    const database = emptyDatabase();
    deploy(database);
    expect(database.prepare('select * from orchestrator_db_deployments').all()).toEqual([
      { deployed_version: '1.0.0', deployed_timestamp: '2026-03-01 12:00:00' },
    ]);
    expect(database.prepare('select anchor, hostname, token, last_seen_active from active_node').all()).toEqual([
      { anchor: 1, hostname: '', token: '', last_seen_active: '2026-03-01 12:00:00' },
    ]);
  });

  it('refuses a promotion rule that is none', () => {
    const database = emptyDatabase();
    deploy(database);
    const insert = (rule: string) =>
      database
        .prepare('insert into candidate_database_instance (hostname, port, promotion_rule) values (?, 1, ?)')
        .run(rule, rule);
    insert('must_not');
    expect(() => insert('perhaps')).toThrow();
  });
});

describe('deployment on an older database', () => {
  it('adds what is missing, keeps rows, foreign columns and historic indexes', () => {
    const database = olderDatabase();
    deploy(database);
    expect(planDeployment(ALL_TABLES, introspect(database))).toEqual([]);
    const row = database.prepare('select * from database_instance').get();
    expect(row).toMatchObject({
      hostname: 'a',
      version: '5.6.40-log',
      site_note: 'keep me',
      gtid_mode: '',
      replication_group_is_single_primary_mode: 1,
      last_attempted_check: '1971-01-01 00:00:00',
    });
    const indexes = introspect(database)
      .get('database_instance')
      ?.indexes.map((index) => index.columns);
    expect(indexes).toContainEqual(['cluster_name', 'last_seen']);
    expect(indexes?.filter((columns) => columns.join() === 'cluster_name')).toHaveLength(1);
  });

  it('finds a free name where an index of other columns has the name already', () => {
    const database = olderDatabase();
    deploy(database);
    expect(introspect(database).get('database_instance')?.indexes).toContainEqual({
      columns: ['last_seen'],
      unique: false,
    });
  });

  it('writes odd timestamps in the form that compares, and drops the views of ancient versions', () => {
    const database = olderDatabase();
    deploy(database);
    expect(database.prepare('select last_checked, last_seen from database_instance').get()).toEqual({
      last_checked: '2020-01-01 00:00:00',
      last_seen: null,
    });
    expect(database.prepare("select name from sqlite_schema where type = 'view'").all()).toEqual([]);
  });

  it('changes nothing at all when it fails half-way', () => {
    const database = olderDatabase();
    // Duplicate keys make the unique index of a later table impossible.
    database.exec(`create table topology_recovery (recovery_id integer primary key, hostname varchar(128), port smallint,
      in_active_period tinyint, end_active_period_unixtime int);
      insert into topology_recovery (hostname, port, in_active_period, end_active_period_unixtime)
      values ('a', 1, 1, 0), ('a', 1, 1, 0);`);
    const before = schemaText(database);
    expect(() => deploy(database)).toThrow();
    expect(schemaText(database)).toEqual(before);
  });
});

describe('deployment once more', () => {
  it('does nothing for a version that is recorded', () => {
    const database = emptyDatabase();
    expect(deploy(database).kind).toBe('deployed');
    const before = schemaText(database);
    expect(deploy(database)).toEqual({ kind: 'current' });
    expect(schemaText(database)).toEqual(before);
  });

  it('records another version beside the first', () => {
    const database = emptyDatabase();
    deploy(database, { version: '3.2.6' });
    expect(deploy(database, { now: noon(60) })).toEqual({ kind: 'deployed', steps: [] });
    expect(database.prepare('select deployed_version from orchestrator_db_deployments order by 1').all()).toEqual([
      { deployed_version: '1.0.0' },
      { deployed_version: '3.2.6' },
    ]);
  });

  it('always runs for the empty version, and leaves a row of it', () => {
    const database = emptyDatabase();
    deploy(database);
    database.exec('drop table hostname_ips');
    const result = deploy(database, { version: '', refuseDifferentVersion: true });
    expect(result.kind === 'deployed' ? result.steps.map(describeStep) : result).toEqual(['table hostname_ips']);
    expect(deploy(database, { version: '' }).kind).toBe('deployed');
  });

  it('completes a schema that another program recorded under our version', () => {
    const database = emptyDatabase();
    deploy(database);
    database.exec('drop table orc_recovery_journal');
    expect(deploy(database).kind).toBe('deployed');
    expect(tableNames(database)).toContain('orc_recovery_journal');
  });

  it('adds what an older build of our version did not have yet, and leaves what is there', () => {
    const database = emptyDatabase();
    deploy(database);
    database.exec("insert into cluster_alias_override values ('a:3306', 'shop')");
    database.exec('drop table orc_errant_gtid; drop table orc_standing_still; drop table orc_reprovision');
    const result = deploy(database);
    expect(result.kind === 'deployed' ? result.steps.map(describeStep) : result).toEqual([
      'table orc_errant_gtid',
      'table orc_standing_still',
      'table orc_reprovision',
    ]);
    expect(database.prepare('select alias from cluster_alias_override').get()).toEqual({ alias: 'shop' });
  });
});

describe('deployment that is forbidden', () => {
  it('is refused when the version differs and PanicIfDifferentDatabaseDeploy is set', () => {
    const database = emptyDatabase();
    deploy(database, { version: '3.2.6' });
    const result = deploy(database, { refuseDifferentVersion: true });
    expect(result).toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining('PanicIfDifferentDatabaseDeploy'),
    });
    expect(deploy(database, { version: '3.2.6', refuseDifferentVersion: true })).toEqual({ kind: 'current' });
  });

  it('is not needed when the schema is complete and SkipOrchestratorDatabaseUpdate is set', () => {
    const database = emptyDatabase();
    deploy(database, { version: '3.2.6' });
    expect(deploy(database, { skipUpdate: true })).toEqual({ kind: 'current' });
    expect(database.prepare('select count(*) as n from orchestrator_db_deployments').get()).toEqual({ n: 1 });
  });

  it('is refused when something is missing and SkipOrchestratorDatabaseUpdate is set, and says what', () => {
    const database = olderDatabase();
    const before = schemaText(database);
    expect(deploy(database, { skipUpdate: true })).toMatchObject({
      kind: 'refused',
      reason:
        'lacks column database_instance.last_attempted_check, and SkipOrchestratorDatabaseUpdate forbids to add it',
    });
    expect(schemaText(database)).toEqual(before);
  });
});
