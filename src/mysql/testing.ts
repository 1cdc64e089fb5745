/** For tests of dialects: rows as recorded from real servers, commands with everything in them, and a reader of literals. */
import { readFileSync } from 'node:fs';
import { NO_RECEIVER_OPTIONS, NO_REPLICATION_TLS } from '../model/blank-instance.ts';
import { type DataReplaceable, heldElsewhere } from '../model/data-replaceable.ts';
import type { ReceiverOptions, ReplicationTls } from '../model/instance.ts';
import { type GtidContainment, heldByNewSource, type RelayLogSafe } from '../model/relay-log-safe.ts';
import type { FollowOptions, GtidMethod, ServerCommand } from '../model/server-command.ts';
import type { Rows } from '../ports/server-wire.ts';
import { type Dialect, TOLD_NOTHING, type ToldReplica } from './dialect.ts';

/** `mariadb` and `mysql` are the usual releases; `script/record-probes` writes these files. */
type RecordedServer =
  | `${'mysql' | 'mariadb' | 'mariadb-11.8'}-${'primary' | 'replica'}`
  | `mysql-group-${'primary' | 'secondary' | 'shut-out'}`
  | DocumentedServer;

/** What cannot run here: these files were put together from documentation, and say so. */
type DocumentedServer =
  | `${'mysql-80' | 'mysql-57'}-${'primary' | 'replica'}`
  // One of the releases that cannot run here is enough of a primary.
  | 'mysql-56-replica'
  | `mariadb-${'10.5' | '11.4' | '12.3'}-replica`
  | 'maxscale'
  | 'maxscale-110';

/** In a file whose answers were not recorded: what they were made from. No section of a probe. */
const ABOUT = 'about';

/** The answers to one probe, by section. Each call gives a copy of its own. */
export function recordedRows(server: RecordedServer): Map<string, Rows> {
  const file = new URL(`../../test/fixtures/probes/${server}.json`, import.meta.url);
  const sections: Record<string, Rows> = JSON.parse(readFileSync(file, 'utf8'));
  return new Map(Object.entries(sections).filter(([name]) => name !== ABOUT));
}

/** The recorded rows with changes in the first row of one section. */
export function recordedWith(
  server: RecordedServer,
  section: string,
  changes: Record<string, unknown>,
): Map<string, Rows> {
  const rows = recordedRows(server);
  const [first, ...rest] = rows.get(section) ?? [];
  return rows.set(section, [{ ...first, ...changes }, ...rest]);
}

/** A witness is made by checks of what a server holds; for rendering it does not matter which. */
export function aWitness(): RelayLogSafe {
  const nothingReceived: GtidContainment = { contains: () => true };
  const made = heldByNewSource(nothingReceived, '', '');
  if (made === null) throw new Error('an empty relay log is safe');
  return made;
}

/** The same for data that are replaced. */
export function aReplacement(): DataReplaceable {
  const made = heldElsewhere('');
  if (made === null) throw new Error('nothing is lost');
  return made;
}

export const ALL_TLS: ReplicationTls = {
  caFile: '/tls/ca.pem',
  caPath: '/tls/cas',
  certificate: '/tls/cert.pem',
  cipher: 'AES256',
  crlFile: '/tls/crl.pem',
  crlPath: '/tls/crls',
  key: '/tls/key.pem',
  verifyServerCertificate: true,
  tlsVersion: 'TLSv1.3',
  tlsCiphersuites: 'TLS_AES_256_GCM_SHA384',
  sourcePublicKeyPath: '/tls/public.pem',
  getSourcePublicKey: false,
};

export const ALL_RECEIVER_OPTIONS: ReceiverOptions = {
  heartbeatPeriodMillis: 1_500,
  connectRetrySeconds: 7,
  retryCount: 77,
  filtersDomains: false,
};

/** Of a replica that replicates by it. */
export const onChannel = (channel: string): ToldReplica => ({ ...TOLD_NOTHING, channel });

/** By GTID, unless a place is given. */
export interface FollowWish extends Partial<FollowOptions> {
  readonly method?: GtidMethod;
  readonly stateMethod?: boolean;
}

export function follow({ method = 'auto-position', stateMethod = false, ...options }: FollowWish = {}): ServerCommand {
  return {
    kind: 'follow',
    relayLog: aWitness(),
    options: {
      source: { hostname: 'db2', port: 3306 },
      place: { kind: 'gtid', method, stateMethod },
      applierRuns: false,
      allowTls: false,
      tls: NO_REPLICATION_TLS,
      receiver: NO_RECEIVER_OPTIONS,
      delaySeconds: 0,
      credentials: null,
      ...options,
    },
  };
}

/** One of each kind, with `value` wherever a text goes in. */
export const everyCommand = (value: string): readonly ServerCommand[] => [
  ...recoveryCommands(value),
  ...operationCommands(value),
];

/** Those that recoveries send. */
export function recoveryCommands(value: string): readonly ServerCommand[] {
  const source = { hostname: value, port: 3306 };
  const tls = { ...ALL_TLS, caFile: value, key: value, tlsVersion: value, sourcePublicKeyPath: value };
  return [
    { kind: 'stop-receiver' },
    { kind: 'start-receiver' },
    { kind: 'start-applier' },
    { kind: 'stop-replication' },
    { kind: 'stop-replication', everyChannel: true },
    { kind: 'start-replication' },
    { kind: 'forget-source', relayLog: aWitness() },
    follow({ source, allowTls: true, tls, stateMethod: true, credentials: { user: value, password: value } }),
    { kind: 'detach-source', source, relayLog: aWitness() },
    { kind: 'set-read-only', readOnly: true, superReadOnly: true },
    { kind: 'set-read-only', readOnly: true, superReadOnly: false },
    { kind: 'set-read-only', readOnly: false, superReadOnly: false },
    { kind: 'end-sessions' },
    { kind: 'set-semi-sync-source', enabled: false },
    { kind: 'set-variable', name: 'event_scheduler', value },
    { kind: 'wait-for-gtid', gtid: value, timeoutSeconds: 3 },
  ];
}

/** Those that only operations send. */
export function operationCommands(value: string): readonly ServerCommand[] {
  const coordinates = { file: value, pos: 4, type: 'binary' } as const;
  const credentials = { user: value, password: value };
  const tls = { ...ALL_TLS, caFile: value, certificate: value, key: value };
  return [
    { kind: 'stop-applier' },
    { kind: 'start-until', coordinates },
    follow({
      source: { hostname: value, port: 3306 },
      place: { kind: 'position', coordinates, leavesGtid: true },
      credentials,
      receiver: ALL_RECEIVER_OPTIONS,
    }),
    { kind: 'set-semi-sync-replica', enabled: true, restartReceiver: true },
    { kind: 'wait-for-position', coordinates, timeoutSeconds: 3 },
    { kind: 'set-delay', delaySeconds: 60 },
    { kind: 'skip-event' },
    { kind: 'inject-empty', gtids: [value, `${value}:2`] },
    { kind: 'reset-binary-logs' },
    { kind: 'set-gtid-purged', gtid: value },
    { kind: 'flush-binary-logs' },
    { kind: 'purge-binary-logs', file: value },
    { kind: 'kill-query', processId: 7 },
    { kind: 'change-credentials', options: { credentials, allowTls: true, tls } },
    { kind: 'get-source-public-key' },
    { kind: 'inject-pseudo-gtid', marker: value },
    { kind: 'install-clone-plugin' },
    { kind: 'set-clone-donors', donors: value },
    { kind: 'set-clone-donors', donors: '' },
    { kind: 'set-super-read-only', enabled: true },
    { kind: 'clone', replaceable: aReplacement(), donor: { hostname: value, port: 3306 }, credentials },
  ];
}

/** Of a command that needs to read nothing first. */
export function plainStatements(rendered: ReturnType<Dialect['render']>): readonly string[] {
  if ('cannot' in rendered) throw new Error(rendered.cannot);
  if ('reads' in rendered) throw new Error(`it reads first: ${rendered.reads}`);
  return rendered;
}

/** What every statement that reads first may be answered. */
const READ: Rows = [
  { ID: 7, USER: 'app', COMMAND: 'Sleep', Variable_name: 'rpl_semi_sync_master_enabled' },
  { USER: 'system user', Variable_name: 'rpl_semi_sync_slave_enabled' },
];

/** As the list of statements has it. */
export function sentOf(rendered: ReturnType<Dialect['render']>): readonly string[] {
  if ('cannot' in rendered || !('reads' in rendered)) return plainStatements(rendered);
  return [[rendered.reads, ...rendered.sends(READ, 'orchestrator')].join('; ')];
}

/** A statement as a server of either mode reads it: what stands outside the string literals and quoted names, and what is in them. */
export function readLiterals(
  sql: string,
  backslashEscapes: boolean,
): { readonly outside: string; readonly inside: readonly string[] } {
  let outside = '';
  const inside: string[] = [];
  for (let at = 0; at < sql.length; at++) {
    const quote = sql[at];
    outside += quote;
    if (quote !== "'" && quote !== '`') continue;
    let value = '';
    for (at++; at < sql.length && (sql[at] !== quote || sql[at + 1] === quote); at++) {
      // In a name a backslash is one always.
      if (sql[at] === quote || (sql[at] === '\\' && backslashEscapes && quote === "'")) at++;
      value += sql[at];
    }
    inside.push(value);
  }
  return { outside, inside };
}

/** Is the statement what the list shows, with something for each `…` and `<…>`? */
export function fitsListed(sql: string, listed: string): boolean {
  const [start = '', ...rest] = listed.split(/…|<[^>]*>/);
  if (!sql.startsWith(start)) return false;
  let at = start.length;
  for (const piece of rest) {
    const found = sql.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return rest.length > 0 || sql === listed;
}
