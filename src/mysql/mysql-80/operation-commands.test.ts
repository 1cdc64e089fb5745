import { describe, expect, it } from 'vitest';
import type { ServerCommand } from '../../model/server-command.ts';
import type { Release } from '../oracle/releases.ts';
import { ALL_RECEIVER_OPTIONS, aWitness, follow, onChannel, plainStatements } from '../testing.ts';
import { healOf, renderOf } from './commands.ts';
import { statementsOf } from './statements.ts';

const rendering =
  (release: Release, channel = '') =>
  (command: ServerCommand): readonly string[] =>
    plainStatements(renderOf(release)(command, onChannel(channel)));

const coordinates = { file: 'binlog.000007', pos: 120, type: 'binary' } as const;

describe('operations on MySQL from 8.0.22 to 8.3', () => {
  it.each([
    ['stop-applier', 'STOP REPLICA SQL_THREAD'],
    ['flush-binary-logs', 'FLUSH BINARY LOGS'],
  ] as const)('%s is %s', (kind, statement) => {
    expect(rendering([8, 0, 22])({ kind })).toEqual([statement]);
    expect(rendering([8, 3, 0])({ kind })).toEqual([statement]);
  });

  it.each([
    [[8, 0, 22], 'MASTER', 'CHANGE MASTER TO', 'MASTER_POS_WAIT', 'sql_slave_skip_counter', 'RESET MASTER'],
    [[8, 0, 23], 'SOURCE', 'CHANGE REPLICATION SOURCE TO', 'MASTER_POS_WAIT', 'sql_slave_skip_counter', 'RESET MASTER'],
    [
      [8, 0, 26],
      'SOURCE',
      'CHANGE REPLICATION SOURCE TO',
      'SOURCE_POS_WAIT',
      'sql_replica_skip_counter',
      'RESET MASTER',
    ],
    [
      [8, 2, 0],
      'SOURCE',
      'CHANGE REPLICATION SOURCE TO',
      'SOURCE_POS_WAIT',
      'sql_replica_skip_counter',
      'RESET BINARY LOGS AND GTIDS',
    ],
  ] as const)('have the words that %j knows', (release, word, change, wait, counter, reset) => {
    const of = rendering(release);
    const place = `${word}_LOG_FILE = 'binlog.000007', ${word}_LOG_POS = 120`;
    expect(of({ kind: 'start-until', coordinates })).toEqual([`START REPLICA UNTIL ${place}`]);
    expect(of({ kind: 'wait-for-position', coordinates, timeoutSeconds: 3 })).toEqual([
      `SELECT ${wait}('binlog.000007', 120, 3) AS waited`,
    ]);
    expect(of({ kind: 'skip-event' })).toEqual([`SET GLOBAL ${counter} = 1`]);
    expect(of({ kind: 'reset-binary-logs' })).toEqual([reset]);
    expect(of({ kind: 'set-delay', delaySeconds: 60 })).toEqual([`${change} ${word}_DELAY = 60`]);
    expect(of({ kind: 'get-source-public-key' })).toEqual([`${change} GET_${word}_PUBLIC_KEY = 1`]);
    expect(of(follow({ place: { kind: 'position', coordinates, leavesGtid: true } }))).toEqual([
      'STOP REPLICA',
      `${change} ${word}_HOST = 'db2', ${word}_PORT = 3306, ${place}, ${word}_AUTO_POSITION = 0`,
    ]);
  });

  it('O36: inject empty transactions on one connection, which ends as it began', () => {
    expect(rendering([8, 0, 36])({ kind: 'inject-empty', gtids: ['a:1'] })).toEqual([
      "SET GTID_NEXT = 'a:1'",
      'BEGIN',
      'COMMIT',
      "SET GTID_NEXT = 'AUTOMATIC'",
    ]);
  });

  it('D14, D8: state the heartbeat period again, on the channel that the replica has', () => {
    expect(rendering([8, 0, 36], 'one')(follow({ receiver: ALL_RECEIVER_OPTIONS }))).toEqual([
      "STOP REPLICA FOR CHANNEL 'one'",
      "CHANGE REPLICATION SOURCE TO SOURCE_HOST = 'db2', SOURCE_PORT = 3306, SOURCE_HEARTBEAT_PERIOD = 1.5 FOR CHANNEL 'one'",
    ]);
  });

  it('D13: heal in the words of the release', () => {
    expect(healOf([8, 0, 22])(follow(), 1201, '')).toEqual({
      statements: ['RESET REPLICA', 'START REPLICA IO_THREAD', 'STOP REPLICA IO_THREAD', 'RESET REPLICA'],
      again: ["CHANGE MASTER TO MASTER_HOST = 'db2', MASTER_PORT = 3306"],
    });
    expect(healOf([8, 0, 36])({ kind: 'forget-source', relayLog: aWitness() }, 1872, '')?.again).toEqual([
      'RESET REPLICA ALL',
    ]);
  });

  it('need a privilege for GTIDs with tags from the release that has them', () => {
    const needed = (release: Release) =>
      statementsOf(release)
        .flatMap(({ privileges }) => privileges)
        .map(({ name }) => name);
    expect(needed([8, 2, 0])).not.toContain('TRANSACTION_GTID_TAG');
    expect(needed([8, 3, 0])).toContain('TRANSACTION_GTID_TAG');
  });
});
