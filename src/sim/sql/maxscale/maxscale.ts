/**
 * The SQL of MaxScale's binlog router, release 2.4, as far as somebody asks it: it compares words, knows a few sentences, and takes one a packet. It looks
 * at nobody's privileges.
 */
import { BOTH, startReplica, stopReplica } from '../../server/replica-commands.ts';
import type { SqlValue } from '../../sql-session.ts';
import type { VirtualTable } from '../family-sql.ts';
import type { ParsedStatement } from '../parse/parse-packet.ts';
import { type Asking, OK, rowsOutcome, type Statement, textColumn } from '../statement.ts';
import { changeMaster } from './change-master.ts';
import { syntaxError } from './messages.ts';
import { REPLICA_STATUS } from './replica-status.ts';
import { BINLOG_STATUS, REGISTERED_REPLICAS } from './replicas.ts';

const table =
  ({ columns, rows }: VirtualTable): Statement =>
  (on) =>
    on.done(rowsOutcome(columns, rows(on)));

const value = (name: string, read: (on: Asking) => SqlValue): Statement =>
  table({ columns: [textColumn(name)], rows: (on) => [[read(on)]] });

const MAXSCALE_VARIABLES: VirtualTable = {
  columns: [textColumn('Variable_name'), textColumn('Value')],
  rows: ({ server }) => [['MAXSCALE_VERSION', server.options.version]],
};

/** By their words, upper case. */
const STATEMENTS: ReadonlyMap<string, Statement> = new Map([
  ["SHOW VARIABLES LIKE 'MAXSCALE%'", table(MAXSCALE_VARIABLES)],
  ['SELECT @@GLOBAL.SERVER_ID', value('@@global.server_id', ({ server }) => String(server.identity.serverId))],
  ['SELECT @@GLOBAL.SERVER_UUID', value('@@global.server_uuid', ({ server }) => server.identity.uuid)],
  ['SHOW SLAVE STATUS', table(REPLICA_STATUS)],
  ['SHOW MASTER STATUS', table(BINLOG_STATUS)],
  ['SHOW SLAVE HOSTS', table(REGISTERED_REPLICAS)],
  // A warning where it is so already.
  ['STOP SLAVE', ({ server, done }) => void stopReplica(server, BOTH, () => done(OK))],
  [
    'START SLAVE',
    ({ server, done }) => {
      startReplica(server, BOTH);
      done(OK);
    },
  ],
]);

/** Never fails: what it does not know is a statement that is answered with an error. */
export function parseRouterPacket(sql: string): readonly ParsedStatement[] {
  const text = sql.trim();
  const run = STATEMENTS.get(text.replace(/\s+/g, ' ').toUpperCase());
  return [{ text, run: run ?? changeMaster(text) ?? (({ done }) => done(syntaxError())) }];
}
