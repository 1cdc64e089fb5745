import { describe, expect, it } from 'vitest';
import type { ServerCommand } from '../../model/server-command.ts';
import { ALL_RECEIVER_OPTIONS, ALL_TLS, aWitness, follow, onChannel, plainStatements } from '../testing.ts';
import { heal, render } from './commands.ts';

const coordinates = { file: 'binlog.000007', pos: 120, type: 'binary' } as const;
const credentials = { user: 'repl', password: 'pw' };
const CHANGE = 'CHANGE REPLICATION SOURCE TO';

const OPERATIONS: readonly (readonly [ServerCommand, readonly string[]])[] = [
  [{ kind: 'stop-applier' }, ['STOP REPLICA SQL_THREAD']],
  [
    { kind: 'start-until', coordinates },
    ["START REPLICA UNTIL SOURCE_LOG_FILE = 'binlog.000007', SOURCE_LOG_POS = 120"],
  ],
  [
    { kind: 'wait-for-position', coordinates, timeoutSeconds: 3 },
    ["SELECT SOURCE_POS_WAIT('binlog.000007', 120, 3) AS waited"],
  ],
  [{ kind: 'set-delay', delaySeconds: 60 }, [`${CHANGE} SOURCE_DELAY = 60`]],
  [{ kind: 'skip-event' }, ['SET GLOBAL sql_replica_skip_counter = 1']],
  [
    { kind: 'inject-empty', gtids: ['a:1', 'a:tag:2'] },
    [
      "SET GTID_NEXT = 'a:1'",
      'BEGIN',
      'COMMIT',
      "SET GTID_NEXT = 'a:tag:2'",
      'BEGIN',
      'COMMIT',
      "SET GTID_NEXT = 'AUTOMATIC'",
    ],
  ],
  [{ kind: 'inject-empty', gtids: [] }, []],
  [{ kind: 'reset-binary-logs' }, ['RESET BINARY LOGS AND GTIDS']],
  [{ kind: 'set-gtid-purged', gtid: 'a:1-9' }, ["SET GLOBAL gtid_purged = 'a:1-9'"]],
  [{ kind: 'flush-binary-logs' }, ['FLUSH BINARY LOGS']],
  [{ kind: 'purge-binary-logs', file: 'binlog.000007' }, ["PURGE BINARY LOGS TO 'binlog.000007'"]],
  [{ kind: 'kill-query', processId: 7 }, ['KILL QUERY 7']],
  [
    { kind: 'change-credentials', options: { credentials, allowTls: true, tls: { ...ALL_TLS, caFile: '' } } },
    [
      `${CHANGE} SOURCE_USER = 'repl', SOURCE_PASSWORD = 'pw', SOURCE_SSL = 1, SOURCE_SSL_CAPATH = '/tls/cas', SOURCE_SSL_CERT = '/tls/cert.pem', ` +
        "SOURCE_SSL_CIPHER = 'AES256', SOURCE_SSL_CRL = '/tls/crl.pem', SOURCE_SSL_CRLPATH = '/tls/crls', SOURCE_SSL_KEY = '/tls/key.pem', " +
        "SOURCE_SSL_VERIFY_SERVER_CERT = 1, SOURCE_TLS_VERSION = 'TLSv1.3', SOURCE_TLS_CIPHERSUITES = 'TLS_AES_256_GCM_SHA384', " +
        "SOURCE_PUBLIC_KEY_PATH = '/tls/public.pem', GET_SOURCE_PUBLIC_KEY = 0",
    ],
  ],
  [{ kind: 'get-source-public-key' }, [`${CHANGE} GET_SOURCE_PUBLIC_KEY = 1`]],
  [{ kind: 'inject-pseudo-gtid', marker: '_asc:`1' }, ['drop view if exists `_pseudo_gtid_`.`_asc:``1`']],
];

describe('operations on MySQL', () => {
  it.each(OPERATIONS)('%j is sent as documented', (command, statements) => {
    expect(render(command)).toEqual(statements);
  });

  it('O19: follow by file and position, with the applier stopped, and say so where GTID is left', () => {
    const at = (leavesGtid: boolean) =>
      render(follow({ place: { kind: 'position', coordinates, leavesGtid }, applierRuns: true }));
    const place = "SOURCE_HOST = 'db2', SOURCE_PORT = 3306, SOURCE_LOG_FILE = 'binlog.000007', SOURCE_LOG_POS = 120";
    expect(at(false)).toEqual(['STOP REPLICA', `${CHANGE} ${place}`]);
    expect(at(true)).toEqual(['STOP REPLICA', `${CHANGE} ${place}, SOURCE_AUTO_POSITION = 0`]);
  });

  it('D14: state the heartbeat period again, which a change of the source forgets, and how to retry where nothing is known of it', () => {
    const place = `${CHANGE} SOURCE_HOST = 'db2', SOURCE_PORT = 3306`;
    const heartbeat = 'SOURCE_HEARTBEAT_PERIOD = 1.5';
    const receiver = ALL_RECEIVER_OPTIONS;
    const changeOf = (command: ServerCommand) => plainStatements(render(command))[1];
    expect(changeOf(follow({ receiver }))).toBe(`${place}, ${heartbeat}`);
    expect(changeOf(follow({ receiver, credentials }))).toBe(
      `${place}, SOURCE_USER = 'repl', SOURCE_PASSWORD = 'pw', ${heartbeat}, SOURCE_CONNECT_RETRY = 7, SOURCE_RETRY_COUNT = 77`,
    );
    expect(changeOf(follow({ receiver: { ...receiver, heartbeatPeriodMillis: 0 } }))).toBe(
      `${place}, SOURCE_HEARTBEAT_PERIOD = 0`,
    );
    const source = { hostname: 'db1', port: 3306 };
    const detach: ServerCommand = { kind: 'detach-source', source, relayLog: aWitness() };
    expect(plainStatements(render(detach, { channel: '', receiverOptions: receiver }))[1]).toBe(
      `${CHANGE} SOURCE_HOST = '//db1', ${heartbeat}`,
    );
  });

  it('O16, O18: keep the heartbeat period, which any change of what the receiver is told forgets', () => {
    const told = { channel: '', receiverOptions: ALL_RECEIVER_OPTIONS };
    const options = { credentials, allowTls: true, tls: ALL_TLS };
    expect(plainStatements(render({ kind: 'change-credentials', options }, told))[0]).toContain(
      `${CHANGE} SOURCE_USER = 'repl', SOURCE_PASSWORD = 'pw', SOURCE_HEARTBEAT_PERIOD = 1.5, SOURCE_SSL = 1`,
    );
    expect(plainStatements(render({ kind: 'get-source-public-key' }, told))).toEqual([
      `${CHANGE} SOURCE_HEARTBEAT_PERIOD = 1.5, GET_SOURCE_PUBLIC_KEY = 1`,
    ]);
    // It is of the applier alone.
    expect(plainStatements(render({ kind: 'set-delay', delaySeconds: 60 }, told))).toEqual([
      `${CHANGE} SOURCE_DELAY = 60`,
    ]);
  });

  it('D8: name a channel, and the one applier that it has', () => {
    const source = { hostname: 'db1', port: 3306 };
    expect(render({ kind: 'start-until', coordinates }, onChannel("o'ne"))).toEqual([
      "START REPLICA UNTIL SOURCE_LOG_FILE = 'binlog.000007', SOURCE_LOG_POS = 120 FOR CHANNEL 'o''ne'",
    ]);
    expect(render({ kind: 'wait-for-position', coordinates, timeoutSeconds: 3 }, onChannel('one'))).toEqual([
      "SELECT SOURCE_POS_WAIT('binlog.000007', 120, 3, 'one') AS waited",
    ]);
    expect(render({ kind: 'detach-source', source, relayLog: aWitness() }, onChannel('one'))).toEqual([
      "STOP REPLICA IO_THREAD FOR CHANNEL 'one'",
      `${CHANGE} SOURCE_HOST = '//db1' FOR CHANNEL 'one'`,
    ]);
    expect(plainStatements(render({ kind: 'end-half-transaction' }, onChannel('one')))[0]).toMatch(
      /CHANNEL_NAME = 'one'\)$/,
    );
  });
});

describe('D13: a replica that cannot make sense of its relay logs', () => {
  const RESET = ['RESET REPLICA', 'START REPLICA IO_THREAD', 'STOP REPLICA IO_THREAD', 'RESET REPLICA'];

  it.each([1201, 1872])('is healed of error %i, and told its delay again, which that forgets', (number) => {
    expect(heal(follow({ delaySeconds: 60 }), number, '')).toEqual({
      statements: RESET,
      again: [`${CHANGE} SOURCE_HOST = 'db2', SOURCE_PORT = 3306, SOURCE_DELAY = 60`],
    });
    expect(heal({ kind: 'forget-source', relayLog: aWitness() }, number, '')).toEqual({
      statements: RESET,
      again: ['RESET REPLICA ALL'],
    });
  });

  it('is healed on its channel alone', () => {
    expect(heal({ kind: 'forget-source', relayLog: aWitness() }, 1201, 'one')).toEqual({
      statements: RESET.map((sql) => `${sql} FOR CHANNEL 'one'`),
      again: ["RESET REPLICA ALL FOR CHANNEL 'one'"],
    });
  });

  it('D4: is left alone where nothing has allowed its relay log to be dropped, and with any other error', () => {
    expect(heal({ kind: 'start-replication' }, 1872, '')).toBeNull();
    expect(heal({ kind: 'set-delay', delaySeconds: 1 }, 1201, '')).toBeNull();
    expect(heal(follow(), 1227, '')).toBeNull();
  });
});
