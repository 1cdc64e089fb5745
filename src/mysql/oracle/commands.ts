/**
 * Commands to statements, MySQL from 5.6 on (manuals: "SQL Statements for Controlling Replica Servers", 13.4.2 in 5.7, 15.4.2 in 8.4).
 */
import type { BinlogCoordinates } from '../../model/binlog-coordinates.ts';
import type { ReplicationTls } from '../../model/instance.ts';
import type { FollowOptions, FollowPlace, ReplicationCredentials, ServerCommand } from '../../model/server-command.ts';
import { END_CLIENT_SESSIONS } from '../client-sessions.ts';
import type { ReadThenSend } from '../dialect.ts';
import { pseudoGtidStatement } from '../pseudo-gtid-statement.ts';
import { setSemiSyncReplica } from '../semi-sync-replica.ts';
import { setSemiSyncSource } from '../semi-sync-source.ts';
import { integer, literal } from '../sql-text.ts';
import { injectEmpty } from './inject-empty.ts';
import { type Ability, hasAbility } from './releases.ts';
import { END_APPLIER_SQL } from './statements.ts';
import { changeVerb, type OracleWords } from './words.ts';

export function renderIn(words: OracleWords): (command: ServerCommand) => readonly string[] | ReadThenSend {
  return (command) => render(words, command);
}

function render(words: OracleWords, command: ServerCommand): readonly string[] | ReadThenSend {
  const { replica } = words;
  const has = (ability: Ability): boolean => hasAbility(words.release, ability);
  switch (command.kind) {
    case 'stop-receiver':
      return [`STOP ${replica} IO_THREAD`];
    case 'start-receiver':
      return [`START ${replica} IO_THREAD`];
    case 'start-applier':
      return [`START ${replica} SQL_THREAD`];
    case 'stop-applier':
      return [`STOP ${replica} SQL_THREAD`];
    case 'start-until':
      return [`START ${replica} UNTIL ${positionOptions(words, command.coordinates).join(', ')}`];
    case 'stop-replication':
      return [`STOP ${replica}`];
    case 'start-replication':
      return [`START ${replica}`];
    case 'end-half-transaction':
      // Who cannot tell that the relay log ends with half a transaction must not kill the applier of a whole one.
      return has('partialTransaction') ? END_APPLIER_SQL : [];
    case 'forget-source':
      return [`STOP ${replica}`, `RESET ${replica} ALL`];
    case 'follow': {
      // A running applier is left running where that is allowed (manual 15.4.2.2): nothing is dropped, and where the relay log ends with half
      // a transaction, STOP would wait a minute for the rest, which comes with the new source (D15).
      const { applierRuns, place } = command.options;
      const mayGoOn = applierRuns && place.kind === 'gtid' && !place.stateMethod && has('changeWhileApplying');
      return [
        mayGoOn ? `STOP ${replica} IO_THREAD` : `STOP ${replica}`,
        changeSource(words, followOptions(words, command.options)),
      ];
    }
    case 'detach-source':
      // Changing the receiver's options alone keeps the relay log while the applier runs (manual 15.4.2.2). 5.6 refuses it then.
      return [
        has('changeWhileApplying') ? `STOP ${replica} IO_THREAD` : `STOP ${replica}`,
        changeSource(words, [`${words.source}_HOST = ${literal(detached(command.source.hostname))}`]),
      ];
    case 'set-read-only':
      return [readOnlyStatement(command.readOnly, command.superReadOnly, has('superReadOnly'))];
    case 'end-sessions':
      return END_CLIENT_SESSIONS;
    case 'set-semi-sync-source':
      return setSemiSyncSource(command.enabled);
    case 'set-semi-sync-replica':
      return setSemiSyncReplica(command.enabled, command.restartReceiver ? replica : null);
    case 'wait-for-gtid':
      return [waitStatement(command.gtid, command.timeoutSeconds, has('waitForExecutedSet'))];
    case 'wait-for-position': {
      const { coordinates, timeoutSeconds } = command;
      const values = [literal(coordinates.file), integer(coordinates.pos), integer(timeoutSeconds)].join(', ');
      return [`SELECT ${has('sourcePositionWait') ? 'SOURCE' : 'MASTER'}_POS_WAIT(${values}) AS waited`];
    }
    case 'set-delay':
      return [changeSource(words, [`${words.source}_DELAY = ${integer(command.delaySeconds)}`])];
    case 'skip-event':
      return [`SET GLOBAL sql_${has('sourcePositionWait') ? 'replica' : 'slave'}_skip_counter = 1`];
    case 'inject-empty':
      return injectEmpty(command.gtids);
    case 'reset-binary-logs':
      return [has('binaryLogStatus') ? 'RESET BINARY LOGS AND GTIDS' : 'RESET MASTER'];
    case 'set-gtid-purged':
      return [`SET GLOBAL gtid_purged = ${literal(command.gtid)}`];
    case 'flush-binary-logs':
      return ['FLUSH BINARY LOGS'];
    case 'purge-binary-logs':
      return [`PURGE BINARY LOGS TO ${literal(command.file)}`];
    case 'kill-query':
      return [`KILL QUERY ${integer(command.processId)}`];
    case 'change-credentials': {
      const { credentials, allowTls, tls } = command.options;
      return [changeSource(words, [...accountOptions(words, credentials), ...securityOptions(words, allowTls, tls)])];
    }
    case 'get-source-public-key':
      return has('publicKey') ? [changeSource(words, [`GET_${words.source}_PUBLIC_KEY = 1`])] : [];
    case 'inject-pseudo-gtid':
      return [pseudoGtidStatement(command.marker)];
  }
}

function readOnlyStatement(readOnly: boolean, superReadOnly: boolean, hasSuperReadOnly: boolean): string {
  if (!hasSuperReadOnly) return `SET GLOBAL read_only = ${readOnly ? 1 : 0}`;
  // super_read_only implies read_only; clearing read_only clears both (manual 7.1.8). Ordered so that no state in between is writable by surprise.
  if (readOnly) return superReadOnly ? 'SET GLOBAL super_read_only = 1' : 'SET GLOBAL read_only = 1';
  return 'SET GLOBAL super_read_only = 0, GLOBAL read_only = 0';
}

/** Answers 0 when the set is applied, 1 when it is not. */
function waitStatement(gtid: string, timeoutSeconds: number, hasWaitForExecutedSet: boolean): string {
  const values = `${literal(gtid)}, ${integer(timeoutSeconds)}`;
  if (hasWaitForExecutedSet) return `SELECT WAIT_FOR_EXECUTED_GTID_SET(${values}) AS waited`;
  // The older function counts events, and answers -1 after the time and NULL where no applier runs.
  return `SELECT IF(WAIT_UNTIL_SQL_THREAD_AFTER_GTIDS(${values}) >= 0, 0, 1) AS waited`;
}

const detached = (hostname: string): string => (hostname.startsWith('//') ? hostname : `//${hostname}`);

const changeSource = (words: OracleWords, options: readonly string[]): string =>
  `${changeVerb(words)} ${options.join(', ')}`;

const positionOptions = (words: OracleWords, { file, pos }: BinlogCoordinates): readonly string[] => [
  `${words.source}_LOG_FILE = ${literal(file)}`,
  `${words.source}_LOG_POS = ${integer(pos)}`,
];

/** Order and content of the TLS part: spec/topology-operations.md 3.3. Every CHANGE states it again (D14). */
function followOptions(words: OracleWords, options: FollowOptions): readonly string[] {
  const prefix = words.source;
  const { source, place, tls, credentials, allowTls } = options;
  return [
    `${prefix}_HOST = ${literal(source.hostname)}`,
    `${prefix}_PORT = ${integer(source.port)}`,
    ...placeOptions(words, place),
    ...(credentials === null ? [] : accountOptions(words, credentials)),
    ...securityOptions(words, allowTls, tls),
  ];
}

function placeOptions(words: OracleWords, place: FollowPlace): readonly string[] {
  const autoPosition = `${words.source}_AUTO_POSITION`;
  if (place.kind === 'gtid') return place.stateMethod ? [`${autoPosition} = 1`] : [];
  const position = positionOptions(words, place.coordinates);
  return place.leavesGtid ? [...position, `${autoPosition} = 0`] : position;
}

const accountOptions = (words: OracleWords, { user, password }: ReplicationCredentials): readonly string[] => [
  `${words.source}_USER = ${literal(user)}`,
  `${words.source}_PASSWORD = ${literal(password)}`,
];

function securityOptions(words: OracleWords, allowTls: boolean, tls: ReplicationTls): readonly string[] {
  const list = allowTls ? [...tlsOptions(words, tls)] : [];
  // One option that a release does not know is a syntax error, and the replica follows nobody.
  if (!hasAbility(words.release, 'publicKey')) return list;
  if (tls.sourcePublicKeyPath !== '') {
    list.push(`${words.source}_PUBLIC_KEY_PATH = ${literal(tls.sourcePublicKeyPath)}`);
  }
  if (tls.getSourcePublicKey !== null) {
    list.push(`GET_${words.source}_PUBLIC_KEY = ${tls.getSourcePublicKey ? 1 : 0}`);
  }
  return list;
}

function tlsOptions(words: OracleWords, tls: ReplicationTls): readonly string[] {
  const prefix = words.source;
  const list = [`${prefix}_SSL = 1`];
  const texts: readonly (readonly [string, string])[] = [
    ['SSL_CA', tls.caFile],
    ['SSL_CAPATH', tls.caPath],
    ['SSL_CERT', tls.certificate],
    ['SSL_CIPHER', tls.cipher],
    ['SSL_CRL', tls.crlFile],
    ['SSL_CRLPATH', tls.crlPath],
    ['SSL_KEY', tls.key],
  ];
  for (const [name, value] of texts) if (value !== '') list.push(`${prefix}_${name} = ${literal(value)}`);
  if (tls.verifyServerCertificate !== null) {
    list.push(`${prefix}_SSL_VERIFY_SERVER_CERT = ${tls.verifyServerCertificate ? 1 : 0}`);
  }
  if (tls.tlsVersion !== '' && hasAbility(words.release, 'tlsVersion')) {
    list.push(`${prefix}_TLS_VERSION = ${literal(tls.tlsVersion)}`);
  }
  if (tls.tlsCiphersuites !== '' && hasAbility(words.release, 'tlsCiphersuites')) {
    list.push(`${prefix}_TLS_CIPHERSUITES = ${literal(tls.tlsCiphersuites)}`);
  }
  return list;
}
