/**
 * Commands to statements, MariaDB (knowledge base: CHANGE MASTER TO, Global Transaction ID).
 */
import type { FollowOptions, GtidMethod, ServerCommand } from '../../model/server-command.ts';
import { END_CLIENT_SESSIONS } from '../client-sessions.ts';
import type { ReadThenSend } from '../dialect.ts';
import { setSemiSyncSource } from '../semi-sync-source.ts';
import { integer, literal } from '../sql-text.ts';

export function render(command: ServerCommand): readonly string[] | ReadThenSend {
  switch (command.kind) {
    case 'stop-receiver':
      return ['STOP SLAVE IO_THREAD'];
    case 'start-receiver':
      return ['START SLAVE IO_THREAD'];
    case 'start-applier':
      return ['START SLAVE SQL_THREAD'];
    case 'stop-replication':
      return ['STOP SLAVE'];
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
    case 'wait-for-gtid':
      return [`SELECT MASTER_GTID_WAIT(${literal(command.gtid)}, ${integer(command.timeoutSeconds)}) AS waited`];
  }
}

const detached = (hostname: string): string => (hostname.startsWith('//') ? hostname : `//${hostname}`);

const METHOD_WORD: Readonly<Record<GtidMethod, string>> = {
  'auto-position': 'slave_pos',
  'slave-pos': 'slave_pos',
  'current-pos': 'current_pos',
};

function followOptions(options: FollowOptions): readonly string[] {
  const { source, tls, credentials } = options;
  const list = [`MASTER_HOST = ${literal(source.hostname)}`, `MASTER_PORT = ${integer(source.port)}`];
  if (options.stateMethod) list.push(`MASTER_USE_GTID = ${METHOD_WORD[options.method]}`);
  if (credentials !== null) {
    list.push(`MASTER_USER = ${literal(credentials.user)}`, `MASTER_PASSWORD = ${literal(credentials.password)}`);
  }
  // From 11.4 a new connection insists on TLS unless told otherwise: a demoted primary of servers without TLS would never connect (2026).
  if (!options.allowTls && credentials !== null) list.push('MASTER_SSL = 0');
  if (options.allowTls) {
    list.push('MASTER_SSL = 1');
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
  }
  return list;
}
