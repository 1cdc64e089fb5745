/**
 * The statement that points a replica at its source, MySQL from 5.6 on, with every option that must be stated again (spec/topology-operations.md 3.2, 3.3;
 * D14; manuals "CHANGE MASTER TO", 13.4.2.1 in 5.7, and "CHANGE REPLICATION SOURCE TO", 15.4.2.2 in 8.4).
 */
import type { BinlogCoordinates } from '../../model/binlog-coordinates.ts';
import type { ReceiverOptions, ReplicationTls } from '../../model/instance.ts';
import type { FollowOptions, FollowPlace, ReplicationCredentials } from '../../model/server-command.ts';
import { heartbeatSeconds, integer, literal } from '../sql-text.ts';
import { forChannel } from './channel-clause.ts';
import { hasAbility } from './releases.ts';
import { changeVerb, type OracleWords } from './words.ts';

export const changeSource = (words: OracleWords, options: readonly string[], channel: string): string =>
  `${changeVerb(words)} ${options.join(', ')}${forChannel(channel)}`;

export const positionOptions = (words: OracleWords, { file, pos }: BinlogCoordinates): readonly string[] => [
  `${words.source}_LOG_FILE = ${literal(file)}`,
  `${words.source}_LOG_POS = ${integer(pos)}`,
];

export const hostOption = (words: OracleWords, hostname: string): string =>
  `${words.source}_HOST = ${literal(hostname)}`;

export const delayOption = (words: OracleWords, seconds: number): string =>
  `${words.source}_DELAY = ${integer(seconds)}`;

/** Host and port first; order and content of the TLS part: spec/topology-operations.md 3.3. */
export function followOptions(words: OracleWords, options: FollowOptions): readonly string[] {
  const { source, place, tls, credentials, allowTls, receiver } = options;
  return [
    hostOption(words, source.hostname),
    `${words.source}_PORT = ${integer(source.port)}`,
    ...placeOptions(words, place),
    ...(credentials === null ? [] : accountOptions(words, credentials)),
    ...heartbeatOptions(words, receiver),
    // Who has an account already has these, too, and keeps them.
    ...(credentials === null ? [] : retryOptions(words, receiver)),
    ...securityOptions(words, allowTls, tls),
  ];
}

function placeOptions(words: OracleWords, place: FollowPlace): readonly string[] {
  const autoPosition = `${words.source}_AUTO_POSITION`;
  if (place.kind === 'gtid') return place.stateMethod ? [`${autoPosition} = 1`] : [];
  const position = positionOptions(words, place.coordinates);
  return place.leavesGtid ? [...position, `${autoPosition} = 0`] : position;
}

/** Naming a host forgets the period: a silent death would be noticed later than before (D14). */
export const heartbeatOptions = (words: OracleWords, { heartbeatPeriodMillis }: ReceiverOptions): readonly string[] =>
  heartbeatPeriodMillis === null
    ? []
    : [`${words.source}_HEARTBEAT_PERIOD = ${heartbeatSeconds(heartbeatPeriodMillis)}`];

/** Left to the defaults, a demoted primary would try again once a minute, and give up after ten times. */
function retryOptions(words: OracleWords, { connectRetrySeconds, retryCount }: ReceiverOptions): readonly string[] {
  return [
    ...(connectRetrySeconds === null ? [] : [`${words.source}_CONNECT_RETRY = ${integer(connectRetrySeconds)}`]),
    ...(retryCount === null ? [] : [`${words.source}_RETRY_COUNT = ${integer(retryCount)}`]),
  ];
}

export const accountOptions = (words: OracleWords, { user, password }: ReplicationCredentials): readonly string[] => [
  `${words.source}_USER = ${literal(user)}`,
  `${words.source}_PASSWORD = ${literal(password)}`,
];

/** TLS where it is allowed, and the source's public key in any case. */
export function securityOptions(words: OracleWords, allowTls: boolean, tls: ReplicationTls): readonly string[] {
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
