/**
 * Starting, stopping and mending replication on one server (spec/cli.md 2.3, "Replication, general").
 */
import type { OperationRequest } from '../../planning/operations/operation-request.ts';
import {
  type CommandContext,
  type CommandGroup,
  type CommandResult,
  type CommandRow,
  command,
  echoInstance,
  fatal,
  instanceNotFound,
  linesOf,
} from '../command.ts';
import { COORDINATES_EXPECTED, coordinatesFlag } from '../coordinates-flag.ts';
import { onInstance, operation } from '../operation.ts';

/** Kinds that need nothing but the server. */
type PlainKind = Extract<
  OperationRequest['kind'],
  | 'enable-gtid'
  | 'disable-gtid'
  | 'gtid-errant-reset-master'
  | 'skip-query'
  | 'stop-replication'
  | 'start-replication'
  | 'restart-replication'
  | 'reset-replication'
  | 'change-credentials'
  | 'detach-source'
  | 'reattach-source'
>;

const plain = (name: string, description: string, kind: PlainKind): CommandRow =>
  operation(name, description, ['instance?'], { ask: onInstance((key) => ({ kind, key })) });

const semiSync = (
  name: string,
  description: string,
  kind: 'set-semi-sync-source' | 'set-semi-sync-replica',
  enabled: boolean,
): CommandRow => operation(name, description, ['instance?'], { ask: onInstance((key) => ({ kind, key, enabled })) });

/** Of a known server, read now. A set over several servers may span lines, as the server writes it. */
async function errantSet({ calls, instance }: CommandContext): Promise<CommandResult> {
  if (calls.instance(instance) === null) return instanceNotFound(instance);
  return linesOf(await calls.errantGtid(instance), ({ gtidErrant }) => gtidErrant.split(/\r?\n/));
}

/** The reference waits for ever. */
const WAIT_SECONDS_MAX = 24 * 3600;

async function waitForPosition(context: CommandContext): Promise<CommandResult> {
  const { calls, instance, flags } = context;
  if (calls.instance(instance) === null) return instanceNotFound(instance);
  const place = coordinatesFlag(flags.binlog, 'binary');
  if (place.kind !== 'given') return fatal(COORDINATES_EXPECTED);
  return echoInstance(await calls.waitForPosition(instance, place.coordinates, WAIT_SECONDS_MAX), context);
}

export const replicationGeneral: CommandGroup = {
  heading: 'Replication, general',
  rows: [
    plain('enable-gtid', 'Turn a file:pos replica into a GTID replica', 'enable-gtid'),
    plain('disable-gtid', 'Turn a GTID replica into a file:pos replica', 'disable-gtid'),
    command('which-gtid-errant', 'Print the errant GTID set of an instance', ['instance?'], errantSet),
    plain(
      'gtid-errant-reset-master',
      'Remove errant GTIDs from an instance by resetting its binary logs',
      'gtid-errant-reset-master',
    ),
    plain('skip-query', 'Skip the event on which replication stopped with an error', 'skip-query'),
    plain('stop-replica', 'Stop replication', 'stop-replication'),
    plain('start-replica', 'Start replication', 'start-replication'),
    plain('restart-replica', 'Stop and start replication', 'restart-replication'),
    plain('reset-replica', 'Stop replication and forget the master', 'reset-replication'),
    plain(
      'change-master-credentials',
      'Apply the configured replication credentials to a replica',
      'change-credentials',
    ),
    plain(
      'detach-replica-master-host',
      'Break replication reversibly by spoiling the host name of the master',
      'detach-source',
    ),
    plain('reattach-replica-master-host', 'Undo detach-replica-master-host', 'reattach-source'),
    command(
      'master-pos-wait',
      'Wait until a replica has executed up to a position',
      ['instance?', 'binlog'],
      waitForPosition,
    ),
    semiSync(
      'enable-semi-sync-master',
      'Enable semi-synchronous replication, master side',
      'set-semi-sync-source',
      true,
    ),
    semiSync(
      'disable-semi-sync-master',
      'Disable semi-synchronous replication, master side',
      'set-semi-sync-source',
      false,
    ),
    semiSync(
      'enable-semi-sync-replica',
      'Enable semi-synchronous replication, replica side',
      'set-semi-sync-replica',
      true,
    ),
    semiSync(
      'disable-semi-sync-replica',
      'Disable semi-synchronous replication, replica side',
      'set-semi-sync-replica',
      false,
    ),
    command(
      'restart-replica-statements',
      'Print the statements that stop and start replication, with another in between',
      ['instance?', 'statement?'],
      async ({ calls, instance, flags }) =>
        linesOf(await calls.restartStatements(instance, flags.statement), (statements) => statements),
    ),
  ],
};
