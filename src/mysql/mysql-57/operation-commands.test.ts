import { describe, expect, it } from 'vitest';
import type { ServerCommand } from '../../model/server-command.ts';
import type { Release } from '../oracle/releases.ts';
import { ALL_RECEIVER_OPTIONS, ALL_TLS, aWitness, follow, onChannel, plainStatements } from '../testing.ts';
import { healOf, renderOf } from './commands.ts';
import { statementsOf } from './statements.ts';

const rendering =
  (release: Release, channel = '') =>
  (command: ServerCommand): readonly string[] =>
    plainStatements(renderOf(release)(command, onChannel(channel)));

const coordinates = { file: 'binlog.000007', pos: 120, type: 'binary' } as const;
const credentials = { user: 'repl', password: 'pw' };

const OPERATIONS: readonly (readonly [ServerCommand, string])[] = [
  [{ kind: 'stop-applier' }, 'STOP SLAVE SQL_THREAD'],
  [{ kind: 'start-until', coordinates }, "START SLAVE UNTIL MASTER_LOG_FILE = 'binlog.000007', MASTER_LOG_POS = 120"],
  [
    { kind: 'wait-for-position', coordinates, timeoutSeconds: 3 },
    "SELECT MASTER_POS_WAIT('binlog.000007', 120, 3) AS waited",
  ],
  [{ kind: 'set-delay', delaySeconds: 60 }, 'CHANGE MASTER TO MASTER_DELAY = 60'],
  [{ kind: 'skip-event' }, 'SET GLOBAL sql_slave_skip_counter = 1'],
  [{ kind: 'reset-binary-logs' }, 'RESET MASTER'],
  [{ kind: 'set-gtid-purged', gtid: 'a:1-9' }, "SET GLOBAL gtid_purged = 'a:1-9'"],
  [{ kind: 'flush-binary-logs' }, 'FLUSH BINARY LOGS'],
  [{ kind: 'purge-binary-logs', file: 'binlog.000007' }, "PURGE BINARY LOGS TO 'binlog.000007'"],
  [{ kind: 'kill-query', processId: 7 }, 'KILL QUERY 7'],
  [
    { kind: 'change-credentials', options: { credentials, allowTls: true, tls: { ...ALL_TLS, cipher: '', key: '' } } },
    "CHANGE MASTER TO MASTER_USER = 'repl', MASTER_PASSWORD = 'pw', MASTER_SSL = 1, MASTER_SSL_CA = '/tls/ca.pem', MASTER_SSL_CAPATH = '/tls/cas', " +
      "MASTER_SSL_CERT = '/tls/cert.pem', MASTER_SSL_CRL = '/tls/crl.pem', MASTER_SSL_CRLPATH = '/tls/crls', MASTER_SSL_VERIFY_SERVER_CERT = 1, " +
      "MASTER_TLS_VERSION = 'TLSv1.3'",
  ],
  [{ kind: 'inject-pseudo-gtid', marker: '_asc:1' }, 'drop view if exists `_pseudo_gtid_`.`_asc:1`'],
];

describe('operations on MySQL 5.7', () => {
  it.each(OPERATIONS)('%j is sent as documented', (command, statement) => {
    expect(rendering([5, 7, 44])(command)).toEqual([statement]);
  });

  it('O18: ask for no public key before 8.0.4, which has none', () => {
    expect(rendering([5, 7, 44])({ kind: 'get-source-public-key' })).toEqual([]);
    expect(rendering([8, 0, 4])({ kind: 'get-source-public-key' })).toEqual([
      'CHANGE MASTER TO GET_MASTER_PUBLIC_KEY = 1',
    ]);
  });

  it('O36: inject empty transactions on one connection, which ends as it began', () => {
    expect(rendering([5, 6, 51])({ kind: 'inject-empty', gtids: ['a:1', 'b:2'] })).toEqual([
      "SET GTID_NEXT = 'a:1'",
      'BEGIN',
      'COMMIT',
      "SET GTID_NEXT = 'b:2'",
      'BEGIN',
      'COMMIT',
      "SET GTID_NEXT = 'AUTOMATIC'",
    ]);
  });

  it('O19: follow by file and position, and say so where GTID is left', () => {
    expect(rendering([5, 7, 44])(follow({ place: { kind: 'position', coordinates, leavesGtid: true } }))[1]).toBe(
      "CHANGE MASTER TO MASTER_HOST = 'db2', MASTER_PORT = 3306, MASTER_LOG_FILE = 'binlog.000007', MASTER_LOG_POS = 120, MASTER_AUTO_POSITION = 0",
    );
  });

  it('D14, D8: state the heartbeat period again, on the channel that the replica has', () => {
    expect(rendering([5, 7, 44], 'one')(follow({ receiver: ALL_RECEIVER_OPTIONS }))).toEqual([
      "STOP SLAVE FOR CHANNEL 'one'",
      "CHANGE MASTER TO MASTER_HOST = 'db2', MASTER_PORT = 3306, MASTER_HEARTBEAT_PERIOD = 1.5 FOR CHANNEL 'one'",
    ]);
  });

  it('D13: heal a replica whose relay logs its server cannot make sense of', () => {
    expect(healOf([5, 7, 44])({ kind: 'forget-source', relayLog: aWitness() }, 1201, '')).toEqual({
      statements: ['RESET SLAVE', 'START SLAVE IO_THREAD', 'STOP SLAVE IO_THREAD', 'RESET SLAVE'],
      again: ['RESET SLAVE ALL'],
    });
  });

  it('need SUPER before 8.0, and for GTIDs of their own before 8.0.14', () => {
    const needed = (release: Release, name: string) =>
      statementsOf(release)
        .find((fact) => fact.name === name)
        ?.privileges.map((privilege) => privilege.name);
    expect(needed([5, 7, 44], 'purge-binary-logs')).toEqual(['SUPER']);
    expect(needed([8, 0, 0], 'purge-binary-logs')).toEqual(['BINLOG_ADMIN']);
    expect(needed([8, 0, 13], 'inject-empty')).toEqual(['SUPER']);
    expect(needed([8, 0, 14], 'inject-empty')).toEqual(['SESSION_VARIABLES_ADMIN']);
  });
});
