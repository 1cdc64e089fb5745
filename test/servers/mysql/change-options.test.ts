// D14: what a replica is told about its source survives every change of the source, column by column, on real servers of all releases.

import type { Connection, RowDataPacket } from 'mysql2/promise';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { BinlogCoordinates } from '../../../src/model/binlog-coordinates.ts';
import type { Instance } from '../../../src/model/instance.ts';
import type { InstanceKey } from '../../../src/model/instance-key.ts';
import type { ServerCommand } from '../../../src/model/server-command.ts';
import { mysql84 } from '../../../src/mysql/mysql-84/mysql-84.ts';
import type { FollowAt } from '../../../src/planning/deferred-command.ts';
import { followCommand } from '../../../src/planning/follow.ts';
import { resolveCommand } from '../../../src/planning/resolve-command.ts';
import { type RunningServer, startServer } from '../../../src/sandbox/server.ts';
import { serverReleases } from '../../../src/sandbox/server-releases.ts';
import {
  answeredBy,
  COMMAND_TIMEOUTS,
  closeLinks,
  dialectOf,
  keyOf,
  linkTo,
  noLoss,
  rootConnection,
} from '../support/server-world.ts';

afterEach(closeLinks);

const FIRST: InstanceKey = { hostname: '127.0.0.1', port: 1 };
const SECOND: InstanceKey = { hostname: '127.0.0.2', port: 2 };
const THERE: BinlogCoordinates = { file: 'binlog.000007', pos: 120, type: 'binary' };

/** Everything that can be said of a source, with values that are nobody's default; what goes with one method alone is said apart. */
const SAID = {
  mysql: [
    "SOURCE_HOST = '127.0.0.1', SOURCE_PORT = 1, SOURCE_USER = 'u', SOURCE_PASSWORD = 'p', SOURCE_CONNECT_RETRY = 7, SOURCE_RETRY_COUNT = 77",
    'SOURCE_HEARTBEAT_PERIOD = 1.25, SOURCE_DELAY = 5, SOURCE_ZSTD_COMPRESSION_LEVEL = 9',
    "SOURCE_COMPRESSION_ALGORITHMS = 'zstd,uncompressed', SOURCE_BIND = '127.0.0.1', NETWORK_NAMESPACE = 'ns'",
    "SOURCE_SSL = 1, SOURCE_SSL_CA = '/ca', SOURCE_SSL_CAPATH = '/cas', SOURCE_SSL_CERT = '/cert', SOURCE_SSL_CRL = '/crl'",
    "SOURCE_SSL_CRLPATH = '/crls', SOURCE_SSL_KEY = '/key', SOURCE_SSL_CIPHER = 'AES', SOURCE_SSL_VERIFY_SERVER_CERT = 1",
    "SOURCE_TLS_VERSION = 'TLSv1.3', SOURCE_TLS_CIPHERSUITES = 'TLS_AES_256_GCM_SHA384', SOURCE_PUBLIC_KEY_PATH = '/pk'",
    "GET_SOURCE_PUBLIC_KEY = 1, PRIVILEGE_CHECKS_USER = 'checked'@'%', REQUIRE_ROW_FORMAT = 1",
    'REQUIRE_TABLE_PRIMARY_KEY_CHECK = ON',
  ],
  mariadb: [
    "MASTER_HOST = '127.0.0.1', MASTER_PORT = 1, MASTER_USER = 'u', MASTER_PASSWORD = 'p', MASTER_CONNECT_RETRY = 7",
    'MASTER_HEARTBEAT_PERIOD = 1.25, MASTER_DELAY = 5, IGNORE_SERVER_IDS = (11, 12)',
    "MASTER_SSL = 1, MASTER_SSL_CA = '/ca', MASTER_SSL_CAPATH = '/cas', MASTER_SSL_CERT = '/cert', MASTER_SSL_CRL = '/crl'",
    "MASTER_SSL_CRLPATH = '/crls', MASTER_SSL_KEY = '/key', MASTER_SSL_CIPHER = 'AES', MASTER_SSL_VERIFY_SERVER_CERT = 1",
  ],
} as const;

const BY_GTID = {
  mysql: 'SOURCE_AUTO_POSITION = 1, SOURCE_CONNECTION_AUTO_FAILOVER = 1, GTID_ONLY = 1',
  mariadb: 'MASTER_USE_GTID = slave_pos, DO_DOMAIN_IDS = (1, 2)',
} as const;

const BY_POSITION = {
  mysql: "SOURCE_AUTO_POSITION = 0, SOURCE_LOG_FILE = 'binlog.000003', SOURCE_LOG_POS = 90",
  mariadb: "MASTER_USE_GTID = no, MASTER_LOG_FILE = 'binlog.000003', MASTER_LOG_POS = 90",
} as const;

/** Where a server keeps all that. */
const READ = {
  mysql: [
    'SELECT * FROM performance_schema.replication_connection_configuration',
    'SELECT * FROM performance_schema.replication_applier_configuration',
    'SELECT * FROM mysql.slave_master_info',
    'SELECT * FROM mysql.slave_relay_log_info',
    'SHOW REPLICA STATUS',
  ],
  mariadb: ['SHOW ALL SLAVES STATUS'],
} as const;

/** Those that tell of the source and of the place in its logs. */
const OF_SOURCE = /\.(HOST|PORT|Host|Port|(Source|Master)_(Host|Port))$/;
const OF_PLACE =
  /\.(Master_log_name|Master_log_pos|Relay_[Ll]og_(name|pos|Pos|File)|(Read_|Exec_)?(Source|Master)_Log_(File|Pos)|Relay_(Source|Master)_Log_File|Relay_Log_Space|Slave_SQL_State|Slave_SQL_Running_State)$/;

type Columns = Readonly<Record<string, string>>;

async function columnsOf(root: Connection, family: 'mysql' | 'mariadb'): Promise<Columns> {
  const columns: Record<string, string> = {};
  for (const [index, sql] of READ[family].entries()) {
    const [rows] = await root.query<RowDataPacket[]>(sql);
    expect([sql, rows.length]).toEqual([sql, 1]);
    for (const [name, value] of Object.entries(rows[0] ?? {})) columns[`${index}.${name}`] = String(value);
  }
  return columns;
}

/** What has changed beside the source itself and the place in its logs. */
const changedIn = (before: Columns, after: Columns): readonly string[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((name) => before[name] !== after[name] && !OF_SOURCE.test(name) && !OF_PLACE.test(name))
    .map((name) => `${name}: ${before[name]} -> ${after[name]}`);

describe.each(serverReleases)('a $name replica', ({ family, release }) => {
  let server: RunningServer;
  let root: Connection;
  const change = (options: string) =>
    root.query(`CHANGE ${family === 'mysql' ? 'REPLICATION SOURCE' : 'MASTER'} TO ${options}`);
  const query = (mysql: string, mariadb = mysql.replace('REPLICA', 'SLAVE')) =>
    root.query(family === 'mysql' ? mysql : mariadb);

  beforeAll(async () => {
    server = await startServer({ family, release });
    root = await rootConnection(server);
    if (family === 'mysql') {
      await root.query("CREATE USER 'checked'@'%'");
      await root.query("GRANT REPLICATION_APPLIER ON *.* TO 'checked'@'%'");
    }
  });
  afterAll(() => {
    root?.destroy();
    return server?.stop();
  });
  beforeEach(async () => {
    await query('STOP REPLICA');
    await query('RESET REPLICA ALL');
  });

  const see = async (): Promise<Instance> => (await answeredBy(linkTo(keyOf(server)))).facts.instance;

  async function tell(...commands: readonly ServerCommand[]): Promise<void> {
    const link = linkTo(keyOf(server));
    // What a command has to state again is known from the last probe.
    await answeredBy(link);
    const result = await link.execute(commands, dialectOf[family], COMMAND_TIMEOUTS);
    if (result.kind === 'failed') throw new Error(result.failure.text);
  }

  /** What the plans of operations send. */
  function moved(own: Instance, source: InstanceKey, at: FollowAt): ServerCommand {
    const kept = { credentials: null, securedAs: null, unlessThere: false } as const;
    const asked = { kind: 'follow-when-safe', source, at, relayLog: { kind: 'drained' }, ...kept } as const;
    const resolution = resolveCommand(asked, { own, other: () => null, after: () => null, found: () => null });
    const [command] = resolution.kind === 'resolved' ? resolution.commands : [];
    if (command === undefined) throw new Error(JSON.stringify(resolution));
    return command;
  }

  const there: FollowAt = { kind: 'place', place: { kind: 'known', coordinates: THERE } };

  describe('by GTID', () => {
    beforeEach(async () => {
      await change([...SAID[family], BY_GTID[family]].join(', '));
    });

    it('keeps all of it when it follows another source', async () => {
      const before = await columnsOf(root, family);
      await tell(followCommand(await see(), SECOND, noLoss()));
      expect((await see()).sourceKey).toEqual(SECOND);
      expect(changedIn(before, await columnsOf(root, family))).toEqual([]);
      await tell(moved(await see(), FIRST, { kind: 'gtid' }));
      expect(await columnsOf(root, family)).toEqual(before);
    });

    it('O13, O14: keeps all of it when it is detached and attached again', async () => {
      const before = await columnsOf(root, family);
      await tell({ kind: 'detach-source', source: FIRST, relayLog: noLoss() });
      expect((await see()).sourceKey).toEqual({ hostname: '//127.0.0.1', port: 1 });
      expect(changedIn(before, await columnsOf(root, family))).toEqual([]);
      await tell(moved(await see(), FIRST, { kind: 'own-place' }));
      expect(await columnsOf(root, family)).toEqual(before);
    });

    if (family === 'mariadb') {
      it('is not made to leave GTID while it filters domains, which would half succeed', async () => {
        const before = await columnsOf(root, family);
        await expect(tell(moved(await see(), SECOND, there))).rejects.toThrow('domain');
        expect(await columnsOf(root, family)).toEqual(before);
      });
    } else {
      it('D13: keeps all of it, and its delay, through the remedy for relay logs that make no sense', async () => {
        const before = await columnsOf(root, family);
        const healing = mysql84.heal?.(followCommand(await see(), SECOND, noLoss()), 1201, '');
        for (const sql of healing?.statements ?? []) await root.query(sql).catch(() => {});
        for (const sql of healing?.again ?? []) await root.query(sql);
        const passing = /\.(Last_|Replica_IO_State|Source_Server_Id)/;
        const changed = changedIn(before, await columnsOf(root, family)).filter((line) => !passing.test(line));
        expect(changed).toEqual([]);
        expect((await see()).sqlDelaySeconds).toBe(5);
      });
    }
  });

  describe('by file and position', () => {
    beforeEach(async () => {
      await change([...SAID[family], BY_POSITION[family]].join(', '));
    });

    async function keepsAllWhenMoved(): Promise<void> {
      const before = await columnsOf(root, family);
      await tell(moved(await see(), SECOND, there));
      expect(await see()).toMatchObject({ sourceKey: SECOND, execCoordinates: THERE });
      expect(changedIn(before, await columnsOf(root, family))).toEqual([]);
    }

    it('O19: keeps all of it when it follows another source at a place', keepsAllWhenMoved);

    it('O13, O14: keeps all of it, and its place, when it is detached and attached again', async () => {
      const before = await columnsOf(root, family);
      await tell(moved(await see(), { hostname: '//127.0.0.1', port: 1 }, { kind: 'own-place' }));
      expect(changedIn(before, await columnsOf(root, family))).toEqual([]);
      await tell(moved(await see(), FIRST, { kind: 'own-place' }));
      expect(await columnsOf(root, family)).toEqual(before);
    });

    if (family === 'mysql') {
      it('keeps what it gives transactions without a GTID, and whom it ignores where there are no GTIDs at all', async () => {
        await change('ASSIGN_GTIDS_TO_ANONYMOUS_TRANSACTIONS = LOCAL');
        await keepsAllWhenMoved();
        await change('ASSIGN_GTIDS_TO_ANONYMOUS_TRANSACTIONS = OFF');
        const modes = ['ON_PERMISSIVE', 'OFF_PERMISSIVE', 'OFF'];
        for (const mode of modes) await root.query(`SET GLOBAL gtid_mode = ${mode}`);
        await change('IGNORE_SERVER_IDS = (11, 12)');
        await keepsAllWhenMoved();
        await change('IGNORE_SERVER_IDS = ()');
        for (const mode of [...modes.slice(0, -1).reverse(), 'ON']) await root.query(`SET GLOBAL gtid_mode = ${mode}`);
      });
    }

    it('O31, O32: changes nothing but the method when it turns to GTID and back', async () => {
      const before = await columnsOf(root, family);
      const isMethod = /\.(AUTO_POSITION|Auto_Position|Enabled_auto_position|Using_Gtid):/;
      await tell(moved(await see(), FIRST, { kind: 'gtid' }));
      expect(changedIn(before, await columnsOf(root, family)).filter((line) => !isMethod.test(line))).toEqual([]);
      expect((await see()).usingOracleGtid || (await see()).usingMariadbGtid).toBe(true);
      const place: FollowAt = {
        kind: 'place',
        place: { kind: 'known', coordinates: { file: 'binlog.000003', pos: 90, type: 'binary' } },
      };
      await tell(moved(await see(), FIRST, place));
      expect(await columnsOf(root, family)).toEqual(before);
    });
  });

  it.each(['GTID', 'file and position'])(
    'O10, O16: by %s changes nothing but the delay or the account when told to',
    async (method) => {
      await change([...SAID[family], (method === 'GTID' ? BY_GTID : BY_POSITION)[family]].join(', '));
      const before = await columnsOf(root, family);
      const { allowTls, replicationTls: tls } = await see();
      await tell({ kind: 'set-delay', delaySeconds: 9 });
      expect((await see()).sqlDelaySeconds).toBe(9);
      await tell({ kind: 'set-delay', delaySeconds: 5 });
      expect(changedIn(before, await columnsOf(root, family))).toEqual([]);
      const account = (user: string, password: string): ServerCommand => {
        return { kind: 'change-credentials', options: { credentials: { user, password }, allowTls, tls } };
      };
      await tell(account('v', 'q'));
      const isAccount = /\.(USER|User_name|User_password|Source_User|Master_User):/;
      const changed = changedIn(before, await columnsOf(root, family));
      expect(changed.length).toBeGreaterThan(0);
      expect(changed.filter((line) => !isAccount.test(line))).toEqual([]);
      await tell(account('u', 'p'), { kind: 'get-source-public-key' });
      expect(changedIn(before, await columnsOf(root, family))).toEqual([]);
    },
  );

  it('I4: that never replicated is told to receive as its successor did', async () => {
    await change(SAID[family].join(', '));
    const { allowTls, replicationTls, receiverOptions } = await see();
    const before = await columnsOf(root, family);
    await query('RESET REPLICA ALL');
    const demoted = { ...(await see()), allowTls, replicationTls, receiverOptions };
    await tell(followCommand(demoted, FIRST, noLoss(), { user: 'u', password: 'p' }));
    const after = await columnsOf(root, family);
    const names =
      /\.(CONNECTION_RETRY_INTERVAL|CONNECTION_RETRY_COUNT|HEARTBEAT_INTERVAL|SSL_\w+|TLS_VERSION|Connect_Retry|Slave_heartbeat_period|Master_SSL_\w+)$/;
    const kept = Object.keys(before).filter((name) => names.test(name));
    expect(kept.length).toBeGreaterThan(8);
    expect(kept.map((name) => [name, after[name]])).toEqual(kept.map((name) => [name, before[name]]));
  });
});
