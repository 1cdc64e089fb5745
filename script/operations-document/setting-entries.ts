/** O60 to O69: settings, binary logs, statements, and who may replicate from whom. */
import { NO_SEMI_SYNC } from '../../src/model/blank-instance.ts';
import { FLUSHES_MAX } from '../../src/planning/operations/binary-logs.ts';
import { canReplicate } from './answers.ts';
import type { OperationEntry } from './entry.ts';
import { at, CLASSIC, primary, replica, USUAL, type World, withServer } from './sample-world.ts';

const [DB1, DB2] = [at('db1'), at('db2')];

const plugins = { ...NO_SEMI_SYNC, available: true, sourcePluginModern: true, replicaPluginModern: true };
const SEMI_SYNC: World = {
  servers: [primary('db1', { semiSync: plugins }), replica('db2', 'db1', { semiSync: plugins })],
};
const WITHOUT_LOG = withServer(USUAL, primary('db1', { logBinEnabled: false }));
const BEHIND = withServer(
  CLASSIC,
  replica('db3', 'db1', { execCoordinates: { file: 'binlog.000005', pos: 900, type: 'binary' } }),
);
const OLDER: World = { servers: [primary('db1'), replica('db2', 'db1', { version: '8.0.43' })] };

export const SETTINGS: readonly OperationEntry[] = [
  {
    number: 60,
    title: 'Set read-only',
    text: [
      'With `UseSuperReadOnly` also `super_read_only`, which keeps administrators out too; where that is refused it is noted, nothing more. With a semi-sync priority the source side is switched off, after read-only holds: nobody hears "committed" of what nobody has acknowledged. Never undone: what fails after it is less than clients that write again.',
    ],
    client: ['set-read-only'],
    examples: [{ request: { kind: 'set-read-only', key: DB1, readOnly: true }, world: USUAL }],
  },
  {
    number: 61,
    title: 'Set writable',
    text: [
      'With a semi-sync priority the source side is switched on before. The plan warns where it is a replica, or where its cluster has a writable primary already.',
    ],
    client: ['set-writeable'],
    examples: [{ request: { kind: 'set-read-only', key: DB2, readOnly: false }, world: USUAL }],
  },
  {
    number: 62,
    title: 'Semi-sync, source side, on or off',
    text: [
      'By the name that the loaded plugin has for it; without one the server refuses the statement. Not audited, by the contract.',
    ],
    client: ['enable-semi-sync-master', 'disable-semi-sync-master'],
    examples: [{ request: { kind: 'set-semi-sync-source', key: DB1, enabled: true }, world: SEMI_SYNC }],
  },
  {
    number: 63,
    title: 'Semi-sync, replica side, on or off',
    text: [
      'The receiver, if it runs, is stopped and started: only then its source knows. On MariaDB by GTID with a stopped applier that drops the relay log, and is refused where something would be lost.',
    ],
    client: ['enable-semi-sync-replica', 'disable-semi-sync-replica'],
    examples: [{ request: { kind: 'set-semi-sync-replica', key: DB2, enabled: true }, world: SEMI_SYNC }],
  },
  {
    number: 64,
    title: 'Flush binary logs',
    text: [
      `Begins a new binary log; with \`--binlog\` as many as are missing up to that file; by API v2 also \`{"kind":"flush-binary-logs","key":…,"count":…}\`. At most ${FLUSHES_MAX} at once.`,
    ],
    client: ['flush-binary-logs'],
    examples: [{ request: { kind: 'flush-binary-logs-until', key: DB1, file: 'binlog.000009' }, world: USUAL }],
    refusals: [
      [{ kind: 'flush-binary-logs', key: DB1, count: 1 }, WITHOUT_LOG],
      [{ kind: 'flush-binary-logs', key: DB1, count: -1 }, USUAL],
      [{ kind: 'flush-binary-logs-until', key: DB1, file: 'binlog.000003' }, USUAL],
      [{ kind: 'flush-binary-logs-until', key: DB1, file: 'binlog' }, USUAL],
      [{ kind: 'flush-binary-logs-until', key: DB1, file: 'binlog.002000' }, USUAL],
    ],
  },
  {
    number: 65,
    title: 'Purge binary logs',
    text: [
      'Deletes the binary logs before a file; `latest` is the present one. Every server that reads them, also by another channel or from behind a binlog server, must have applied up to that file; with `force` the plan warns instead. Forcing is for API alone.',
    ],
    client: ['purge-binary-logs'],
    examples: [{ request: { kind: 'purge-binary-logs', key: DB1, file: 'binlog.000007', force: false }, world: USUAL }],
    refusals: [
      [{ kind: 'purge-binary-logs', key: DB1, file: 'binlog.000007', force: false }, BEHIND],
      [{ kind: 'purge-binary-logs', key: DB1, file: '', force: false }, USUAL],
    ],
  },
  {
    number: 66,
    title: 'Kill a query',
    text: [
      'Ends the statement of a session, and leaves the connection. Also while the cluster is being recovered: it waits for no recovery, and is not called off by one.',
    ],
    examples: [{ request: { kind: 'kill-query', key: DB1, processId: 4711 }, world: USUAL }],
    refusals: [[{ kind: 'kill-query', key: DB1, processId: 0 }, USUAL]],
  },
  {
    number: 67,
    title: 'Can it replicate from there?',
    text: [
      'By what is known of both. The command prints the destination, or nothing; API v1 tells the reason (see "What every move asks").',
    ],
    client: ['can-replicate-from'],
    printed: [
      {
        command: 'orchestrator -c can-replicate-from -i db3:3306 -d db2:3306',
        prints: [canReplicate('db3', 'db2', USUAL, false)],
      },
    ],
    codes: { 'lower-version': canReplicate('db2', 'db1', OLDER, false) },
  },
  {
    number: 68,
    title: 'Can it replicate from there by GTID?',
    text: ['O67, and both use GTID of one family, and the destination has not purged what the server lacks.'],
    client: ['can-replicate-from-gtid'],
    printed: [
      {
        command: 'curl http://localhost:3000/api/can-replicate-from-gtid/db3/3306/db2/3306',
        prints: [
          JSON.stringify({
            Code: 'OK',
            Message: 'true',
            Details: { Hostname: 'db2', Port: 3306 },
          }),
        ],
      },
    ],
    codes: { 'no-gtid': canReplicate('db3', 'db2', CLASSIC, true) },
  },
  {
    number: 69,
    title: 'Is it replicating, is it stopped?',
    text: [
      'Each prints the server if both its threads run, or both stand, and else nothing: nothing for a primary either way. By what was last seen.',
    ],
    commands: ['is-replicating', 'is-replication-stopped'],
    client: ['is-replicating', 'is-replication-stopped'],
    printed: [{ command: 'orchestrator -c is-replicating -i db3:3306', prints: ['db3:3306'] }],
  },
];
