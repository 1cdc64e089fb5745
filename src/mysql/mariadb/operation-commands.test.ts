import { describe, expect, it } from 'vitest';
import type { ServerCommand } from '../../model/server-command.ts';
import { ALL_RECEIVER_OPTIONS, ALL_TLS, aWitness, follow, onChannel, plainStatements } from '../testing.ts';
import { render } from './commands.ts';

const coordinates = { file: 'binlog.000007', pos: 120, type: 'binary' } as const;
const credentials = { user: 'repl', password: 'pw' };

const OPERATIONS: readonly (readonly [ServerCommand, readonly string[]])[] = [
  [{ kind: 'stop-applier' }, ['STOP SLAVE SQL_THREAD']],
  [{ kind: 'start-until', coordinates }, ["START SLAVE UNTIL MASTER_LOG_FILE = 'binlog.000007', MASTER_LOG_POS = 120"]],
  [
    { kind: 'wait-for-position', coordinates, timeoutSeconds: 3 },
    ["SELECT MASTER_POS_WAIT('binlog.000007', 120, 3) AS waited"],
  ],
  [{ kind: 'set-delay', delaySeconds: 60 }, ['CHANGE MASTER TO MASTER_DELAY = 60']],
  [{ kind: 'skip-event' }, ['SET GLOBAL sql_slave_skip_counter = 1']],
  [{ kind: 'reset-binary-logs' }, ['RESET MASTER']],
  [{ kind: 'flush-binary-logs' }, ['FLUSH BINARY LOGS']],
  [{ kind: 'purge-binary-logs', file: 'binlog.000007' }, ["PURGE BINARY LOGS TO 'binlog.000007'"]],
  [{ kind: 'kill-query', processId: 7 }, ['KILL QUERY 7']],
  [
    {
      kind: 'change-credentials',
      options: { credentials, allowTls: true, tls: { ...ALL_TLS, caPath: '', crlPath: '' } },
    },
    [
      "CHANGE MASTER TO MASTER_USER = 'repl', MASTER_PASSWORD = 'pw', MASTER_SSL = 1, MASTER_SSL_CA = '/tls/ca.pem', MASTER_SSL_CERT = '/tls/cert.pem', " +
        "MASTER_SSL_CIPHER = 'AES256', MASTER_SSL_CRL = '/tls/crl.pem', MASTER_SSL_KEY = '/tls/key.pem', MASTER_SSL_VERIFY_SERVER_CERT = 1",
    ],
  ],
  // Its accounts need none.
  [{ kind: 'get-source-public-key' }, []],
  [{ kind: 'inject-pseudo-gtid', marker: '_asc:1' }, ['drop view if exists `_pseudo_gtid_`.`_asc:1`']],
];

describe('operations on MariaDB', () => {
  it.each(OPERATIONS)('%j is sent as documented', (command, statements) => {
    expect(render(command)).toEqual(statements);
  });

  it.each([
    { kind: 'inject-empty', gtids: ['0-1-9'] },
    { kind: 'set-gtid-purged', gtid: '0-1-9' },
  ] as const)('cannot $kind', (command) => {
    expect(render(command)).toEqual({ cannot: expect.stringContaining('MariaDB') });
  });

  it('O19: follow by file and position, and say so where GTID is left', () => {
    const at = (leavesGtid: boolean) =>
      plainStatements(render(follow({ place: { kind: 'position', coordinates, leavesGtid } })))[1];
    const place =
      "CHANGE MASTER TO MASTER_HOST = 'db2', MASTER_PORT = 3306, MASTER_LOG_FILE = 'binlog.000007', MASTER_LOG_POS = 120";
    expect(at(false)).toBe(place);
    expect(at(true)).toBe(`${place}, MASTER_USE_GTID = no`);
  });

  it('D14: refuse a place in a file for a replica that filters domains: half of such a change is done, and then refused', () => {
    const receiver = { ...ALL_RECEIVER_OPTIONS, filtersDomains: true };
    const place = { kind: 'position', coordinates, leavesGtid: true } as const;
    expect(render(follow({ receiver, place }))).toEqual({ cannot: expect.stringContaining('domain') });
    expect(render(follow({ receiver }))).not.toHaveProperty('cannot');
  });

  it('D14: state the heartbeat period again, which a change of the source forgets, and how to retry where nothing is known of it', () => {
    const receiver = ALL_RECEIVER_OPTIONS;
    const place = "CHANGE MASTER TO MASTER_HOST = 'db2', MASTER_PORT = 3306";
    const changeOf = (command: ServerCommand) => plainStatements(render(command))[1];
    expect(changeOf(follow({ receiver }))).toBe(`${place}, MASTER_HEARTBEAT_PERIOD = 1.5`);
    expect(changeOf(follow({ receiver, credentials }))).toBe(
      `${place}, MASTER_USER = 'repl', MASTER_PASSWORD = 'pw', MASTER_HEARTBEAT_PERIOD = 1.5, MASTER_CONNECT_RETRY = 7, MASTER_SSL = 0`,
    );
    const source = { hostname: 'db1', port: 3306 };
    const told = { channel: '', receiverOptions: receiver };
    const detach: ServerCommand = { kind: 'detach-source', source, relayLog: aWitness() };
    expect(plainStatements(render(detach, told))[1]).toBe(
      "CHANGE MASTER TO MASTER_HOST = '//db1', MASTER_HEARTBEAT_PERIOD = 1.5",
    );
    expect(render({ kind: 'set-delay', delaySeconds: 60 }, told)).toEqual([
      'CHANGE MASTER TO MASTER_DELAY = 60, MASTER_HEARTBEAT_PERIOD = 1.5',
    ]);
    const options = { credentials, allowTls: false, tls: ALL_TLS };
    expect(render({ kind: 'change-credentials', options }, told)).toEqual([
      "CHANGE MASTER TO MASTER_USER = 'repl', MASTER_PASSWORD = 'pw', MASTER_HEARTBEAT_PERIOD = 1.5",
    ]);
  });

  it('D8: name a connection', () => {
    expect(render(follow(), onChannel("o'ne"))).toEqual([
      "STOP SLAVE 'o''ne'",
      "CHANGE MASTER 'o''ne' TO MASTER_HOST = 'db2', MASTER_PORT = 3306",
    ]);
    expect(render({ kind: 'start-until', coordinates }, onChannel('one'))).toEqual([
      "START SLAVE 'one' UNTIL MASTER_LOG_FILE = 'binlog.000007', MASTER_LOG_POS = 120",
    ]);
    expect(render({ kind: 'forget-source', relayLog: aWitness() }, onChannel('one'))).toEqual([
      "STOP SLAVE 'one'",
      "RESET SLAVE 'one' ALL",
    ]);
    expect(render({ kind: 'wait-for-position', coordinates, timeoutSeconds: 3 }, onChannel('one'))).toEqual([
      "SELECT MASTER_POS_WAIT('binlog.000007', 120, 3, 'one') AS waited",
    ]);
    expect(render({ kind: 'skip-event' }, onChannel('one'))).toEqual([
      "SET SESSION default_master_connection = 'one'",
      'SET GLOBAL sql_slave_skip_counter = 1',
      "SET SESSION default_master_connection = ''",
    ]);
  });
});
