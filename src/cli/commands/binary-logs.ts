/**
 * Binary and relay logs (spec/cli.md 2.3, "Binary logs").
 */
import { type CommandGroup, notBuilt } from '../command.ts';

export const binaryLogs: CommandGroup = {
  heading: 'Binary logs',
  rows: [
    notBuilt('flush-binary-logs', 'Start a new binary log, or as many as are missing up to a file', [
      'instance?',
      'binlog?',
    ]),
    notBuilt('purge-binary-logs', 'Remove binary logs older than a file that every replica has applied', [
      'instance?',
      'binlog',
    ]),
    notBuilt('last-pseudo-gtid', 'Print the newest Pseudo-GTID entry of an instance', ['instance?', 'strict?']),
    notBuilt('locate-gtid-errant', 'Print the binary logs that hold errant GTIDs', ['instance?']),
    notBuilt('last-executed-relay-entry', 'Print the relay log event executed last', ['instance?']),
    notBuilt('correlate-relaylog-pos', 'Find a position of relay logs in the relay logs of a sibling', [
      'instance?',
      'destination',
      'binlog?',
    ]),
    notBuilt('find-binlog-entry', 'Find an entry in the binary logs by its exact text', ['instance?', 'pattern']),
    notBuilt('correlate-binlog-pos', 'Find a position of binary logs in those of another instance', [
      'instance?',
      'destination',
      'binlog?',
    ]),
  ],
};
