// What only operations send, and what recoveries do where the configuration asks for it, needs exactly the privileges that docs/statements.md lists beside each statement: it goes with them, and is denied without any one.

import type { RowDataPacket } from 'mysql2/promise';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { NO_REPLICATION_TLS } from '../../../src/model/blank-instance.ts';
import type { ServerCommand } from '../../../src/model/server-command.ts';
import type { Privilege, StatementFact } from '../../../src/mysql/dialect.ts';
import { grantStatements } from '../../../src/mysql/privileges.ts';
import { type RunningServer, startServer } from '../../../src/sandbox/server.ts';
import { type ServerRelease, serverReleases } from '../../../src/sandbox/server-releases.ts';
import {
  asRoot,
  COMMAND_TIMEOUTS,
  closeLinks,
  dialectOf,
  keyOf,
  linkTo,
  rootConnection,
  TIMEOUTS,
} from '../support/server-world.ts';

afterEach(closeLinks);

const account = { user: 'operator', password: 'operator_pw' };
const quoted = `'${account.user}'@'%'`;

/** By which numbers a server says that an account may not do this: 1044 database, 1095 session of somebody else, 1142 table, 1227 anything, 6038 GTIDs with tags. */
const DENIED: readonly number[] = [1044, 1095, 1142, 1227, 6038];

const coordinates = { file: 'binlog.000001', pos: 4, type: 'binary' } as const;

/** The plugins of semi-sync and CLONE are loaded; its source does not exist. */
async function aReplicaOfNobody({ family, release }: ServerRelease): Promise<RunningServer> {
  const server = await startServer({ family, release, semiSync: { kind: 'replica' } });
  const point =
    family === 'mysql'
      ? "CHANGE REPLICATION SOURCE TO SOURCE_HOST = '127.0.0.1', SOURCE_PORT = 1, SOURCE_USER = 'repl'"
      : "CHANGE MASTER TO MASTER_HOST = '127.0.0.1', MASTER_PORT = 1, MASTER_USER = 'repl'";
  await asRoot(server, point, ...(family === 'mysql' ? ["INSTALL PLUGIN clone SONAME 'mysql_clone.so'"] : []));
  return server;
}

const OF_RESCUE = "FOR CHANNEL 'orchestrator_rescue'";

describe.each(serverReleases)('an account on $name that may do what one statement of an operation needs', (choice) => {
  const { family } = choice;
  const { statements } = dialectOf[family];
  let server: RunningServer;
  beforeAll(async () => {
    server = await aReplicaOfNobody(choice);
    await asRoot(server, `CREATE USER ${quoted} IDENTIFIED BY '${account.password}'`);
  });
  afterAll(() => server?.stop());

  /** Of statements, what stands in the list; of commands, all that they send. */
  function attempt(fact: StatementFact, sessionId: number): ServerCommand | string {
    switch (fact.name) {
      case 'binary-logs':
        return 'SHOW BINARY LOGS';
      case 'binlog-events':
        return "SHOW BINLOG EVENTS IN 'binlog.000001' FROM 4 LIMIT 1";
      case 'relaylog-events':
        return "SHOW RELAYLOG EVENTS IN 'relaylog.000001' FROM 4 LIMIT 0, 1";
      case 'rescue':
        // Of a channel that is not there nobody is told that he may not; it takes the same privilege.
        return 'CHANGE REPLICATION SOURCE TO SOURCE_CONNECT_RETRY = 1';
      case 'rescue-status':
        return `SHOW REPLICA STATUS ${OF_RESCUE}`;
      case 'rescue-stop':
        return 'STOP REPLICA';
      case 'rescue-reset':
      case 'rescue-workers':
      case 'clone-status':
      case 'clone-progress':
        return fact.sql;
      case 'clone':
        return "CLONE INSTANCE FROM 'nobody'@'127.0.0.1':1 IDENTIFIED BY ''";
      case 'clone-donor':
        // It takes the same privilege; the donor's part of a clone is no statement.
        return 'LOCK INSTANCE FOR BACKUP';
      default:
        return commandOf(fact.name as ServerCommand['kind'], sessionId);
    }
  }

  function commandOf(kind: ServerCommand['kind'], sessionId: number): ServerCommand {
    const options = { credentials: { user: 'repl', password: 'repl_pw' }, allowTls: false, tls: NO_REPLICATION_TLS };
    switch (kind) {
      case 'start-until':
        return { kind, coordinates };
      case 'set-delay':
        return { kind, delaySeconds: 1 };
      case 'set-semi-sync-replica':
        return { kind, enabled: true, restartReceiver: true };
      case 'change-credentials':
        return { kind, options };
      case 'inject-empty':
        // A tag takes a privilege of its own.
        return { kind, gtids: ['00000000-0000-0000-0000-00000000000a:tag:1'] };
      case 'set-gtid-purged':
        return { kind, gtid: '00000000-0000-0000-0000-00000000000b:tag:1-2' };
      case 'purge-binary-logs':
        return { kind, file: coordinates.file };
      case 'kill-query':
        return { kind, processId: sessionId };
      case 'inject-pseudo-gtid':
        return { kind, marker: '_asc:1' };
      case 'set-variable':
        // InnoDB's, not of the binary log alone: for that MariaDB has a privilege of its own.
        return { kind, name: 'innodb_flush_log_at_trx_commit', value: '2' };
      case 'set-clone-donors':
        return { kind, donors: '' };
      case 'set-super-read-only':
        return { kind, enabled: false };
      case 'install-clone-plugin':
      case 'stop-applier':
      case 'skip-event':
      case 'reset-binary-logs':
      case 'flush-binary-logs':
      case 'get-source-public-key':
        return { kind };
      default:
        throw new Error(`no operation: ${kind}`);
    }
  }

  /** The number with which it is refused, or null. */
  async function refusalOf(tried: ServerCommand | string): Promise<number | null> {
    const link = linkTo(keyOf(server), { account });
    const result =
      typeof tried === 'string'
        ? await link.query(tried, TIMEOUTS)
        : await link.execute([tried], dialectOf[family], COMMAND_TIMEOUTS);
    link.close();
    const answered = 'refused' in result ? result.refused[0] : undefined;
    const failure = result.kind === 'failed' ? result.failure : answered;
    if (failure === undefined) return null;
    if (failure.kind !== 'server-error') throw new Error(failure.text);
    return failure.number;
  }

  async function grantOnly(privileges: readonly Privilege[]): Promise<void> {
    const grants = grantStatements(privileges, quoted);
    await asRoot(server, `REVOKE ALL PRIVILEGES, GRANT OPTION FROM ${quoted}`, ...grants);
  }

  const noRecoveryNeeds = ({ forOperations, whenConfigured }: StatementFact): boolean =>
    forOperations === true || whenConfigured === true;

  it.each(statements.filter((fact) => noRecoveryNeeds(fact) && fact.privileges.length > 0))(
    '$name goes with its privileges and with nothing less',
    async (fact) => {
      const root = await rootConnection(server);
      try {
        const [rows] = await root.query<RowDataPacket[]>('SELECT CONNECTION_ID() AS id');
        const tried = attempt(fact, Number(rows[0]?.['id']));
        await grantOnly(fact.privileges);
        const refusal = await refusalOf(tried);
        expect([fact.name, DENIED.includes(refusal ?? 0), refusal]).toEqual([fact.name, false, refusal]);
        for (const missing of fact.privileges) {
          await grantOnly(fact.privileges.filter((privilege) => privilege !== missing));
          expect([fact.name, missing.name, DENIED.includes((await refusalOf(tried)) ?? 0)]).toEqual([
            fact.name,
            missing.name,
            true,
          ]);
        }
      } finally {
        root.destroy();
      }
    },
  );
});
