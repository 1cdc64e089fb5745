// Opening a backend on real servers: what is created, what of others is taken over, what is refused and how.

import { readFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { TlsSettings } from '../../../src/ports/server-wire.ts';
import { freePort } from '../../../src/sandbox/free-ports.ts';
import { serverFamilies } from '../../../src/sandbox/server-releases.ts';
import { type OpenMysqlOptions, openMysqlBackend } from '../../../src/store/mysql/open-backend.ts';
import { ALL_TABLES } from '../../../src/store/schema/schema.ts';
import { digest, key, node, noon, uid } from '../../../src/store/temporary-backend.ts';
import { FAILURE, seenInstance } from '../../../src/store/testing.ts';
import { type BackendServer, backendAccount, startBackendServer } from '../support/backend-server.ts';
import { referenceSchema } from '../support/reference-schema.ts';
import { the } from '../support/world.ts';

const fixture = (name: string): string => fileURLToPath(new URL(`../../fixtures/tls/${name}`, import.meta.url));

/** Their certificate is for 127.0.0.1, signed by an authority of ours. */
const WITH_TLS = [
  `--ssl-ca=${fixture('authority.pem')}`,
  `--ssl-cert=${fixture('by-address.pem')}`,
  `--ssl-key=${fixture('by-address.key')}`,
];

const tls = (change: Partial<TlsSettings> = {}): TlsSettings => ({
  authorities: readFileSync(fixture('authority.pem'), 'utf8'),
  certificate: null,
  key: null,
  verifies: true,
  ...change,
});

/** A statement of information_schema gives its names in whatever case the family likes. */
const TABLES = 'select table_name as name from information_schema.tables where table_schema = database()';
const COLUMNS =
  'select table_name as t, column_name as c, column_type as ty, character_set_name as cs from information_schema.columns ' +
  'where table_schema = database() order by table_name, ordinal_position';
const INDEXES =
  'select table_name as t, index_name as i, column_name as c from information_schema.statistics ' +
  'where table_schema = database() order by 1, 2, seq_in_index';

describe.each(serverFamilies)('a backend on %s', (family) => {
  let backends: BackendServer | null = null;
  beforeAll(async () => {
    backends = await startBackendServer(family, WITH_TLS);
  });
  afterAll(() => backends?.stop());
  beforeEach(() => the(backends).dropDatabase());

  const byHand = () => the(backends).byHand;
  const opened = (change: Partial<OpenMysqlOptions> = {}) => the(backends).open(change);
  const versions = async () =>
    (await byHand().rows('select deployed_version as v from orchestrator_db_deployments order by 1')).map(({ v }) => v);

  async function refusal(change: Partial<OpenMysqlOptions>): Promise<string> {
    const result = await openMysqlBackend(the(backends).options(change));
    if (result.kind === 'ok') {
      await result.backend.close();
      return 'not refused';
    }
    expect(result.reason).not.toMatch(/\n/);
    expect(result.reason).not.toContain(change.password ?? backendAccount.password);
    return result.reason;
  }

  /** As it was made by `statements`, before and after. */
  async function expectUntouched(refused: () => Promise<unknown>): Promise<void> {
    const look = async () => [await byHand().rows(COLUMNS), await byHand().rows(INDEXES)];
    const before = await look();
    await refused();
    expect(await look()).toEqual(before);
  }

  describe('created', () => {
    it('is, database and all, and has every table; the next start changes nothing', async () => {
      await opened();
      const names = (await byHand().rows(TABLES)).map(({ name }) => String(name)).sort();
      expect(names).toEqual(ALL_TABLES.map(({ name }) => name).sort());
      expect(await byHand().row('select anchor, hostname, token, last_seen_active as at from active_node')).toEqual({
        anchor: 1,
        hostname: '',
        token: '',
        at: '2026-03-01 12:00:00',
      });
      expect(await byHand().rows('select * from orchestrator_db_deployments')).toEqual([
        { deployed_version: '1.0.0', deployed_timestamp: '2026-03-01 12:00:00' },
      ]);
      await expectUntouched(() => opened({ now: noon(60) }));
      expect(await byHand().row('select deployed_timestamp as t from orchestrator_db_deployments')).toEqual({
        t: '2026-03-01 12:00:00',
      });
    });

    it('is once, by however many that start at once', async () => {
      const all = await Promise.all(Array.from({ length: 4 }, () => opened()));
      for (const backend of all) expect(await backend.activeNode()).toBeNull();
      expect(await byHand().rows(TABLES)).toHaveLength(ALL_TABLES.length);
    });

    it('is of any name', async () => {
      const odd = 'orchestrator_store`"; é';
      onTestFinished(() => byHand().exec('drop database if exists `orchestrator_store``"; é`'));
      expect(await (await opened({ database: odd })).loadInstances()).toEqual([]);
    });

    it('is recorded anew by another version, and always by the empty one', async () => {
      await opened({ version: '3.2.6' });
      await opened();
      await byHand().exec('drop table hostname_ips');
      await opened({ version: '', refuseDifferentVersion: true });
      expect(await versions()).toEqual(['', '1.0.0', '3.2.6']);
      expect(await byHand().rows(TABLES)).toHaveLength(ALL_TABLES.length);
    });

    it('is completed where another program recorded our version, and where a death left it half-way', async () => {
      await opened();
      await byHand().exec('drop table orc_recovery_journal');
      await byHand().exec('drop table orc_errant_gtid');
      await byHand().exec('drop table orc_standing_still');
      await byHand().exec('drop table orc_reprovision');
      await byHand().exec('alter table topology_recovery drop column uid');
      const backend = await opened();
      expect(await backend.journal('x')).toEqual([]);
      expect(await backend.loadErrantSightings()).toEqual([]);
      expect(await backend.loadStandingStill()).toEqual([]);
      expect(await backend.loadReprovisions()).toEqual([]);
    });
  });

  describe('of the reference', () => {
    const deployed = async () => {
      await the(backends).createDatabase();
      for (const statement of referenceSchema) await byHand().exec(statement);
      await byHand().exec("insert into orchestrator_db_deployments values ('3.2.6', '2024-01-01 00:00:00')");
    };

    it('is opened as it is: our tables come beside its own, nothing is retyped, no index is doubled', async () => {
      await deployed();
      const before = [await byHand().rows(COLUMNS), await byHand().rows(INDEXES)];
      await opened();
      const ofReference = (rows: readonly Readonly<Record<string, unknown>>[]) =>
        rows.filter(({ t }) => !String(t).startsWith('orc_'));
      expect([ofReference(await byHand().rows(COLUMNS)), ofReference(await byHand().rows(INDEXES))]).toEqual(before);
      expect(await versions()).toEqual(['1.0.0', '3.2.6']);
    });

    it('takes what its columns cannot hold as they can: no recovery fails for a letter of an error message', async () => {
      await deployed();
      const backend = await opened();
      await backend.registerRecovery(uid('1:a'), digest('a', { clusterAlias: 'é'.repeat(200) }), node('t'), noon());
      await backend.resolveRecovery(uid('1:a'), { ...FAILURE, errors: ['kaputt: é 雪 😀'] }, noon(1));
      await backend.addSteps(uid('1:a'), [{ message: 'schön 雪 😀', at: noon() }]);
      const audit = { at: noon(), type: 't', key: key('a'), clusterName: '', message: 'x'.repeat(70_000) };
      await backend.appendAudit(audit);
      backend.queue(seenInstance('a', { lastIoError: '雪', executedGtidSet: 'u:1-'.repeat(20_000) }), 'facts');
      backend.queue(seenInstance('n'.repeat(300)), 'facts');
      await backend.flush();
      expect(await backend.recoveries({})).toMatchObject([
        { errors: ['kaputt: ? ? ?'], digest: { clusterAlias: '?'.repeat(128) } },
      ]);
      expect(await backend.unfinishedRecoveries()).toEqual([]);
      expect(await backend.steps('1:a')).toMatchObject([{ message: 'schön 雪 ?' }]);
      expect((await backend.audit({ page: 0 }))[0]?.message).toHaveLength(65_535);
      expect(await backend.loadInstances()).toMatchObject([
        { key: key('a'), lastIoError: '?' },
        { key: key('n'.repeat(128)) },
      ]);
    });

    it('refuses to decide about a server under half of its name', async () => {
      const backend = await opened();
      const downtime = { key: key('n'.repeat(129)), owner: 'o', reason: 'r', begin: noon(), end: noon(60) };
      await expect(backend.beginDowntime(downtime)).rejects.toMatchObject({ errno: 1406 });
      expect(await backend.loadDowntimes()).toEqual([]);
    });

    it('of an ancient version is completed: rows, columns and indexes of others stay', async () => {
      await the(backends).createDatabase();
      await byHand().exec(`create table database_instance (
        hostname varchar(128) character set ascii not null, port smallint unsigned not null,
        last_checked timestamp not null default '0000-00-00 00:00:00', last_seen timestamp null default null,
        server_id int unsigned not null, version varchar(128) character set ascii not null,
        binlog_format varchar(16) not null, log_bin tinyint unsigned not null, log_slave_updates tinyint unsigned not null,
        binary_log_file varchar(128) not null, binary_log_pos bigint unsigned not null,
        master_host varchar(128) not null, master_port smallint unsigned not null,
        slave_sql_running tinyint unsigned not null, slave_io_running tinyint unsigned not null,
        master_log_file varchar(128) not null, read_master_log_pos bigint unsigned not null,
        relay_master_log_file varchar(128) not null, exec_master_log_pos bigint unsigned not null,
        seconds_behind_master bigint unsigned null, slave_lag_seconds bigint unsigned null,
        num_slave_hosts int unsigned not null, slave_hosts text not null,
        cluster_name tinytext not null, site_note text null,
        primary key (hostname, port), key last_seen_idx_database_instance (server_id, last_seen))
        engine = InnoDB default charset = ascii`);
      await byHand().exec(`insert into database_instance
        values ('a', 3306, '0000-00-00 00:00:00', null, 1, '5.6.40-log', 'ROW', 1, 1, 'bin.1', 4, '_', 0,
        0, 0, '', 0, '', 0, null, null, 0, '[]', 'a:3306', 'keep me')`);
      await byHand().exec('create view _whats_wrong as select 1');
      await byHand().exec(`create definer = '${backendAccount.user}'@'%' view whats_wrong as select 1`);
      const backend = await opened();
      expect(await backend.loadInstances()).toMatchObject([
        { key: key('a'), version: '5.6.40-log', lastChecked: null, gtidMode: '', group: { isSinglePrimary: true } },
      ]);
      expect(await byHand().row('select site_note as n from database_instance')).toEqual({ n: 'keep me' });
      expect((await byHand().rows(TABLES)).map(({ name }) => name)).not.toContain('whats_wrong');
      const indexes = (await byHand().rows(INDEXES)).filter(({ t }) => t === 'database_instance');
      const columnsOf = (name: string) => indexes.filter(({ i }) => i === name).map(({ c }) => c);
      expect(columnsOf('last_seen_idx_database_instance')).toEqual(['server_id', 'last_seen']);
      expect(columnsOf('last_seen_idx_database_instance_2')).toEqual(['last_seen']);
    });
  });

  describe('refused', () => {
    it('is what is no backend, and it stays as it is', async () => {
      await the(backends).createDatabase();
      await byHand().exec('create table customers (id int primary key)');
      await byHand().exec('create table audit (entry text)');
      await expectUntouched(async () =>
        expect(await refusal({})).toMatch(/database "orchestrator_store" belongs to another program \(it has a table /),
      );
    });

    it('is a wrong password, an unknown account, and a database that the account may not have', async () => {
      expect(await refusal({ password: 'not the password' })).toContain('denies access to account "orc_backend"');
      expect(await refusal({ user: 'nobody' })).toContain('denies access to account "nobody"');
      expect(await refusal({ database: 'mysql' })).toContain('denies account "orc_backend" access to database "mysql"');
      expect(await refusal({ database: 'other' })).toContain('denies account "orc_backend" access to database "other"');
      expect(await refusal({ database: '' })).toBe('MySQLOrchestratorDatabase must be set when BackendDB is mysql');
    });

    it('is a server that is not there', async () => {
      expect(await refusal({ port: await freePort() })).toContain('cannot be reached: nobody listens there');
      expect(await refusal({ host: 'no-such-host.invalid' })).toContain('cannot be reached: its name');
    });

    it('is what answers and is no server of databases, what says nothing, and what hangs up', async () => {
      const listening = async (greet: (socket: Socket) => void): Promise<number> => {
        const sockets = new Set<Socket>();
        const listener = createServer((socket) => {
          sockets.add(socket);
          socket.on('error', () => {});
          greet(socket);
        });
        const port = await freePort();
        await new Promise<void>((done) => listener.listen(port, '127.0.0.1', done));
        onTestFinished(() => {
          for (const socket of sockets) socket.destroy();
          listener.close();
        });
        return port;
      };
      const http = await listening((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
      expect(await refusal({ port: http })).toMatch(/cannot be (talked to|reached)/);
      const silent = await listening(() => {});
      expect(await refusal({ connectMillis: 300, port: silent })).toContain(
        'cannot be reached: it does not answer in time',
      );
      const rude = await listening((socket) => socket.destroy());
      expect(await refusal({ port: rude })).toContain('cannot be reached: it cuts the connection');
    });

    it('is a server that is read-only, whether there is anything to deploy or not', async () => {
      await opened();
      await byHand().exec('set global read_only = 1');
      onTestFinished(() => byHand().exec('set global read_only = 0'));
      expect(await refusal({})).toContain('is read-only');
      expect(await refusal({ version: '2.0.0' })).toContain('is read-only');
      expect(await refusal({ database: 'orchestrator_store_new' })).toContain('is read-only');
    });

    it('is what may only be read', async () => {
      await opened();
      await byHand().exec("create user 'reader'@'%' identified by 'reader_password'");
      await byHand().exec("grant select on orchestrator_store.* to 'reader'@'%'");
      const reason = await refusal({ user: 'reader', password: 'reader_password' });
      expect(reason).toContain('does not grant account "reader" what it needs on database "orchestrator_store"');
    });

    it('is an update that the configuration forbids', async () => {
      expect(await refusal({ skipUpdate: true })).toContain(
        'has no database "orchestrator_store", and SkipOrchestratorDatabaseUpdate forbids to create it',
      );
      expect(await refusal({ refuseDifferentVersion: true })).toContain('and PanicIfDifferentDatabaseDeploy is set');
      await opened({ version: '3.2.6' });
      expect(await refusal({ refuseDifferentVersion: true })).toContain('was not deployed by version 1.0.0');
      await opened({ skipUpdate: true });
      await byHand().exec('alter table topology_recovery drop column uid');
      await expectUntouched(async () =>
        expect(await refusal({ skipUpdate: true })).toContain(
          'lacks column topology_recovery.uid, and SkipOrchestratorDatabaseUpdate forbids to add it',
        ),
      );
    });
  });

  describe('over TLS', () => {
    const secured = { user: 'secured', password: 'secured_password' };
    beforeAll(async () => {
      await byHand().exec(`create user 'secured'@'%' identified by '${secured.password}' require ssl`);
      await byHand().exec("grant all on orchestrator_store.* to 'secured'@'%'");
    });

    it('is opened where its certificate is signed by whom we trust and for the name that is dialled', async () => {
      expect(await (await opened({ ...secured, tls: tls() })).loadInstances()).toEqual([]);
      expect(await refusal({ ...secured, tls: tls(), host: 'localhost' })).toContain('cannot be talked to');
      expect(await refusal({ ...secured, tls: tls({ authorities: null }) })).toContain('cannot be talked to');
    });

    it('is opened with any certificate where none need be valid', async () => {
      const careless = tls({ authorities: null, verifies: false });
      expect(await (await opened({ ...secured, tls: careless, host: 'localhost' })).loadInstances()).toEqual([]);
    });

    it('is opened with a certificate of ours where the account demands one', async () => {
      const certified = { user: 'certified', password: 'certified_password' };
      await byHand().exec(`create user 'certified'@'%' identified by '${certified.password}' require x509`);
      await byHand().exec("grant all on orchestrator_store.* to 'certified'@'%'");
      expect(await refusal({ ...certified, tls: tls() })).toContain('denies access to account "certified"');
      const certificate = readFileSync(fixture('by-name.pem'), 'utf8');
      const shown = tls({ certificate, key: readFileSync(fixture('by-name.key'), 'utf8') });
      expect(await (await opened({ ...certified, tls: shown })).loadInstances()).toEqual([]);
    });

    it('is refused without it where the account demands it', async () => {
      expect(await refusal(secured)).toContain('denies access to account "secured"');
      await byHand().exec('set global require_secure_transport = 1');
      onTestFinished(() => byHand().exec('set global require_secure_transport = 0'));
      expect(await refusal({})).toMatch(/demands TLS(: set | \()MySQLOrchestratorUseMutualTLS/);
    });
  });
});
