/**
 * Commands to statements, MariaDB (knowledge base: CHANGE MASTER TO, Global Transaction ID).
 */
import type { BinlogCoordinates } from '../../model/binlog-coordinates.ts';
import type { ReplicationTls } from '../../model/instance.ts';
import type {
  FollowOptions,
  FollowPlace,
  GtidMethod,
  ReplicationCredentials,
  ServerCommand,
} from '../../model/server-command.ts';
import { END_CLIENT_SESSIONS } from '../client-sessions.ts';
import type { CannotRender, ReadThenSend } from '../dialect.ts';
import { pseudoGtidStatement } from '../pseudo-gtid-statement.ts';
import { setSemiSyncReplica } from '../semi-sync-replica.ts';
import { setSemiSyncSource } from '../semi-sync-source.ts';
import { integer, literal } from '../sql-text.ts';

export function render(command: ServerCommand): readonly string[] | ReadThenSend | CannotRender {
  switch (command.kind) {
    case 'stop-receiver':
      return ['STOP SLAVE IO_THREAD'];
    case 'start-receiver':
      return ['START SLAVE IO_THREAD'];
    case 'start-applier':
      return ['START SLAVE SQL_THREAD'];
    case 'stop-applier':
      return ['STOP SLAVE SQL_THREAD'];
    case 'start-until':
      return [`START SLAVE UNTIL ${positionOptions(command.coordinates).join(', ')}`];
    case 'stop-replication':
      return [command.everyChannel === true ? 'STOP ALL SLAVES' : 'STOP SLAVE'];
    case 'start-replication':
      return ['START SLAVE'];
    case 'end-half-transaction':
      // Its STOP SLAVE does not wait for the rest (seen on 10.11).
      return [];
    case 'forget-source':
      return ['STOP SLAVE', 'RESET SLAVE ALL'];
    case 'follow':
      return ['STOP SLAVE', `CHANGE MASTER TO ${followOptions(command.options).join(', ')}`];
    case 'detach-source':
      return ['STOP SLAVE', `CHANGE MASTER TO MASTER_HOST = ${literal(detached(command.source.hostname))}`];
    case 'set-read-only':
      // MariaDB has no super_read_only. 1 means ON also where read_only knows more values (12.0 and later).
      return [`SET GLOBAL read_only = ${command.readOnly ? 1 : 0}`];
    case 'end-sessions':
      return END_CLIENT_SESSIONS;
    case 'set-semi-sync-source':
      return setSemiSyncSource(command.enabled);
    case 'set-semi-sync-replica':
      return setSemiSyncReplica(command.enabled, command.restartReceiver ? 'SLAVE' : null);
    case 'wait-for-gtid':
      return [`SELECT MASTER_GTID_WAIT(${literal(command.gtid)}, ${integer(command.timeoutSeconds)}) AS waited`];
    case 'wait-for-position': {
      const { coordinates, timeoutSeconds } = command;
      const values = [literal(coordinates.file), integer(coordinates.pos), integer(timeoutSeconds)].join(', ');
      return [`SELECT MASTER_POS_WAIT(${values}) AS waited`];
    }
    case 'set-delay':
      return [`CHANGE MASTER TO MASTER_DELAY = ${integer(command.delaySeconds)}`];
    case 'skip-event':
      return ['SET GLOBAL sql_slave_skip_counter = 1'];
    case 'inject-empty':
    case 'set-gtid-purged':
      return { cannot: `MariaDB has positions, not sets: nothing can be counted as executed there` };
    case 'reset-binary-logs':
      return ['RESET MASTER'];
    case 'flush-binary-logs':
      return ['FLUSH BINARY LOGS'];
    case 'purge-binary-logs':
      return [`PURGE BINARY LOGS TO ${literal(command.file)}`];
    case 'kill-query':
      return [`KILL QUERY ${integer(command.processId)}`];
    case 'change-credentials': {
      const { credentials, allowTls, tls } = command.options;
      return [`CHANGE MASTER TO ${[...accountOptions(credentials), ...tlsOptions(allowTls, tls)].join(', ')}`];
    }
    case 'get-source-public-key':
      // Its accounts need no key of the source.
      return [];
    case 'inject-pseudo-gtid':
      return [pseudoGtidStatement(command.marker)];
  }
}

const detached = (hostname: string): string => (hostname.startsWith('//') ? hostname : `//${hostname}`);

const METHOD_WORD: Readonly<Record<GtidMethod, string>> = {
  'auto-position': 'slave_pos',
  'slave-pos': 'slave_pos',
  'current-pos': 'current_pos',
};

const positionOptions = ({ file, pos }: BinlogCoordinates): readonly string[] => [
  `MASTER_LOG_FILE = ${literal(file)}`,
  `MASTER_LOG_POS = ${integer(pos)}`,
];

function followOptions(options: FollowOptions): readonly string[] {
  const { source, place, tls, credentials, allowTls } = options;
  const list = [
    `MASTER_HOST = ${literal(source.hostname)}`,
    `MASTER_PORT = ${integer(source.port)}`,
    ...placeOptions(place),
    ...(credentials === null ? [] : accountOptions(credentials)),
  ];
  // From 11.4 a new connection insists on TLS unless told otherwise: a demoted primary of servers without TLS would never connect (2026).
  if (!allowTls && credentials !== null) list.push('MASTER_SSL = 0');
  return [...list, ...tlsOptions(allowTls, tls)];
}

function placeOptions(place: FollowPlace): readonly string[] {
  if (place.kind === 'gtid') return place.stateMethod ? [`MASTER_USE_GTID = ${METHOD_WORD[place.method]}`] : [];
  const position = positionOptions(place.coordinates);
  return place.leavesGtid ? [...position, 'MASTER_USE_GTID = no'] : position;
}

const accountOptions = ({ user, password }: ReplicationCredentials): readonly string[] => [
  `MASTER_USER = ${literal(user)}`,
  `MASTER_PASSWORD = ${literal(password)}`,
];

function tlsOptions(allowTls: boolean, tls: ReplicationTls): readonly string[] {
  if (!allowTls) return [];
  const list = ['MASTER_SSL = 1'];
  const files: readonly (readonly [string, string])[] = [
    ['MASTER_SSL_CA', tls.caFile],
    ['MASTER_SSL_CAPATH', tls.caPath],
    ['MASTER_SSL_CERT', tls.certificate],
    ['MASTER_SSL_CIPHER', tls.cipher],
    ['MASTER_SSL_CRL', tls.crlFile],
    ['MASTER_SSL_CRLPATH', tls.crlPath],
    ['MASTER_SSL_KEY', tls.key],
  ];
  for (const [name, value] of files) if (value !== '') list.push(`${name} = ${literal(value)}`);
  if (tls.verifyServerCertificate !== null) {
    list.push(`MASTER_SSL_VERIFY_SERVER_CERT = ${tls.verifyServerCertificate ? 1 : 0}`);
  }
  return list;
}
