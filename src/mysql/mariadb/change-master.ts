/**
 * The statement that points a replica at its source, MariaDB, with every option that must be stated again (spec/topology-operations.md 3.2, 3.3; D14; knowledge
 * base: CHANGE MASTER TO).
 */
import type { BinlogCoordinates } from '../../model/binlog-coordinates.ts';
import type { ReceiverOptions, ReplicationTls } from '../../model/instance.ts';
import type { FollowOptions, FollowPlace, GtidMethod, ReplicationCredentials } from '../../model/server-command.ts';
import { heartbeatSeconds, integer, literal } from '../sql-text.ts';

/** Without a name the statement means the connection without a name, and makes one where there is none. */
export const changeMaster = (options: readonly string[], channel: string): string =>
  `CHANGE MASTER${named(channel)} TO ${options.join(', ')}`;

/** The name of a connection, behind the word SLAVE or MASTER; '' for the one without a name. */
export const named = (channel: string): string => (channel === '' ? '' : ` ${literal(channel)}`);

export const hostOption = (hostname: string): string => `MASTER_HOST = ${literal(hostname)}`;

const METHOD_WORD: Readonly<Record<GtidMethod, string>> = {
  'auto-position': 'slave_pos',
  'slave-pos': 'slave_pos',
  'current-pos': 'current_pos',
};

export const positionOptions = ({ file, pos }: BinlogCoordinates): readonly string[] => [
  `MASTER_LOG_FILE = ${literal(file)}`,
  `MASTER_LOG_POS = ${integer(pos)}`,
];

/** Host and port first; order and content of the TLS part: spec/topology-operations.md 3.3. */
export function followOptions(options: FollowOptions): readonly string[] {
  const { source, place, tls, credentials, allowTls, receiver } = options;
  const list = [
    hostOption(source.hostname),
    `MASTER_PORT = ${integer(source.port)}`,
    ...placeOptions(place),
    ...(credentials === null ? [] : accountOptions(credentials)),
    ...heartbeatOptions(receiver),
    // Who has an account already has this, too, and keeps it.
    ...(credentials === null ? [] : retryOptions(receiver)),
  ];
  // From 11.4 a new connection insists on TLS unless told otherwise: a demoted primary of servers without TLS would never connect (2026).
  if (!allowTls && credentials !== null) list.push('MASTER_SSL = 0');
  return [...list, ...tlsOptions(allowTls, tls)];
}

/** Every change forgets the period, whatever it is about: a silent death would be noticed later than before (D14). */
export const heartbeatOptions = ({ heartbeatPeriodMillis }: ReceiverOptions): readonly string[] =>
  heartbeatPeriodMillis === null ? [] : [`MASTER_HEARTBEAT_PERIOD = ${heartbeatSeconds(heartbeatPeriodMillis)}`];

/** Not how often it tries: before 12.0 no server knows an option for that, and a successor may be newer than whoever it replaces. */
const retryOptions = ({ connectRetrySeconds }: ReceiverOptions): readonly string[] =>
  connectRetrySeconds === null ? [] : [`MASTER_CONNECT_RETRY = ${integer(connectRetrySeconds)}`];

function placeOptions(place: FollowPlace): readonly string[] {
  if (place.kind === 'gtid') return place.stateMethod ? [`MASTER_USE_GTID = ${METHOD_WORD[place.method]}`] : [];
  const position = positionOptions(place.coordinates);
  return place.leavesGtid ? [...position, 'MASTER_USE_GTID = no'] : position;
}

export const accountOptions = ({ user, password }: ReplicationCredentials): readonly string[] => [
  `MASTER_USER = ${literal(user)}`,
  `MASTER_PASSWORD = ${literal(password)}`,
];

export function tlsOptions(allowTls: boolean, tls: ReplicationTls): readonly string[] {
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
