/**
 * Commands to statements, MySQL 8.4 and 9.x (manual 15.4.2, "SQL Statements for Controlling Replica Servers").
 */
import type { FollowOptions, ServerCommand } from '../../model/server-command.ts';
import { integer, literal } from '../sql-text.ts';
import { END_APPLIER_SQL } from './statements.ts';

export function render(command: ServerCommand): readonly string[] {
  switch (command.kind) {
    case 'stop-receiver':
      return ['STOP REPLICA IO_THREAD'];
    case 'start-receiver':
      return ['START REPLICA IO_THREAD'];
    case 'start-applier':
      return ['START REPLICA SQL_THREAD'];
    case 'stop-replication':
      return ['STOP REPLICA'];
    case 'start-replication':
      return ['START REPLICA'];
    case 'end-half-transaction':
      return END_APPLIER_SQL;
    case 'forget-source':
      return ['STOP REPLICA', 'RESET REPLICA ALL'];
    case 'follow':
      // A running applier is left running where that is allowed (manual 15.4.2.2): nothing is dropped, and where the relay log ends with half
      // a transaction, STOP would wait a minute for the rest, which comes with the new source (D15).
      return [
        command.options.applierRuns && !command.options.stateMethod ? 'STOP REPLICA IO_THREAD' : 'STOP REPLICA',
        changeSource(followOptions(command.options)),
      ];
    case 'detach-source':
      // Changing the receiver's options alone keeps the relay log while the applier runs (manual 15.4.2.2).
      return ['STOP REPLICA IO_THREAD', changeSource(['SOURCE_HOST', literal(detached(command.source.hostname))])];
    case 'set-read-only':
      return [readOnlyStatement(command.readOnly, command.superReadOnly)];
    case 'wait-for-gtid':
      return [
        `SELECT WAIT_FOR_EXECUTED_GTID_SET(${literal(command.gtid)}, ${integer(command.timeoutSeconds)}) AS waited`,
      ];
  }
}

function readOnlyStatement(readOnly: boolean, superReadOnly: boolean): string {
  // super_read_only implies read_only; clearing read_only clears both (manual 7.1.8). Ordered so that no state in between is writable by surprise.
  if (readOnly) return superReadOnly ? 'SET GLOBAL super_read_only = 1' : 'SET GLOBAL read_only = 1';
  return 'SET GLOBAL super_read_only = 0, GLOBAL read_only = 0';
}

const detached = (hostname: string): string => (hostname.startsWith('//') ? hostname : `//${hostname}`);

/** Names and values in turn. */
function changeSource(options: readonly string[]): string {
  const pairs: string[] = [];
  for (let index = 0; index + 1 < options.length; index += 2) pairs.push(`${options[index]} = ${options[index + 1]}`);
  return `CHANGE REPLICATION SOURCE TO ${pairs.join(', ')}`;
}

/** Order and content of the TLS part: spec/topology-operations.md 3.3. Every CHANGE states it again (D14). */
function followOptions(options: FollowOptions): readonly string[] {
  const { source, tls, credentials } = options;
  const list = ['SOURCE_HOST', literal(source.hostname), 'SOURCE_PORT', integer(source.port)];
  if (options.stateMethod) list.push('SOURCE_AUTO_POSITION', '1');
  if (credentials !== null) {
    list.push('SOURCE_USER', literal(credentials.user), 'SOURCE_PASSWORD', literal(credentials.password));
  }
  if (options.allowTls) list.push(...tlsOptions(tls));
  if (tls.sourcePublicKeyPath !== '') list.push('SOURCE_PUBLIC_KEY_PATH', literal(tls.sourcePublicKeyPath));
  if (tls.getSourcePublicKey !== null) list.push('GET_SOURCE_PUBLIC_KEY', tls.getSourcePublicKey ? '1' : '0');
  return list;
}

function tlsOptions(tls: FollowOptions['tls']): readonly string[] {
  const list = ['SOURCE_SSL', '1'];
  const texts: readonly (readonly [string, string])[] = [
    ['SOURCE_SSL_CA', tls.caFile],
    ['SOURCE_SSL_CAPATH', tls.caPath],
    ['SOURCE_SSL_CERT', tls.certificate],
    ['SOURCE_SSL_CIPHER', tls.cipher],
    ['SOURCE_SSL_CRL', tls.crlFile],
    ['SOURCE_SSL_CRLPATH', tls.crlPath],
    ['SOURCE_SSL_KEY', tls.key],
  ];
  for (const [name, value] of texts) if (value !== '') list.push(name, literal(value));
  if (tls.verifyServerCertificate !== null) {
    list.push('SOURCE_SSL_VERIFY_SERVER_CERT', tls.verifyServerCertificate ? '1' : '0');
  }
  if (tls.tlsVersion !== '') list.push('SOURCE_TLS_VERSION', literal(tls.tlsVersion));
  if (tls.tlsCiphersuites !== '') list.push('SOURCE_TLS_CIPHERSUITES', literal(tls.tlsCiphersuites));
  return list;
}
