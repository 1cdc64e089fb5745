/**
 * Binary and relay logs (spec/cli.md 2.3, "Binary logs").
 */
import { type BinlogCoordinates, coordinatesText, type LogType } from '../../model/binlog-coordinates.ts';
import type { InstanceKey } from '../../model/instance-key.ts';
import { printable } from '../../service/printable.ts';
import {
  type CommandContext,
  type CommandGroup,
  type CommandResult,
  command,
  fatal,
  instanceNotFound,
  linesOf,
} from '../command.ts';
import { COORDINATES_EXPECTED, coordinatesFlag } from '../coordinates-flag.ts';
import { type Asked, onInstance, operation } from '../operation.ts';

function askToPurge(context: CommandContext): Asked {
  const file = context.flags.binlog;
  if (file === '') return fatal('expecting --binlog value');
  return onInstance((key) => ({ kind: 'purge-binary-logs', key, file, force: false }))(context);
}

/** What a binary log says is printed on one line. */
async function lastPseudoGtid({ calls, instance, flags }: CommandContext): Promise<CommandResult> {
  if (calls.instance(instance) === null) return instanceNotFound(instance);
  const outcome = await calls.lastPseudoGtid(instance, { allLogs: flags.strict, live: true });
  return linesOf(outcome, ({ coordinates, text }) => [printable(`${coordinatesText(coordinates)}:${text}`)]);
}

/** The dump of a structure, and where the next event begins once more (3.8). */
async function lastRelayEntry({ calls, instance }: CommandContext): Promise<CommandResult> {
  if (calls.instance(instance) === null) return instanceNotFound(instance);
  return linesOf(await calls.lastExecutedRelayEntry(instance), ({ coordinates, endPos, type, info }) => {
    const dump = `{Coordinates:${coordinatesText(coordinates)} NextEventPos:${endPos} EventType:${type} Info:${info}}`;
    return [printable(`${dump}:${endPos}`)];
  });
}

async function findEntry({ calls, instance, flags }: CommandContext): Promise<CommandResult> {
  if (flags.pattern === '') return fatal('No pattern given');
  if (calls.instance(instance) === null) return instanceNotFound(instance);
  return linesOf(await calls.findBinlogEntry(instance, flags.pattern), (found) => [coordinatesText(found)]);
}

type Correlate = (
  other: InstanceKey,
  /** Null: where the server is now. */
  coordinates: BinlogCoordinates | null,
) => Promise<CommandResult>;

/** Both servers must be known; the coordinates may be left out, but not misspelt. */
async function correlate(
  { calls, instance, destination, destinationText, flags }: CommandContext,
  type: LogType,
  run: Correlate,
): Promise<CommandResult> {
  if (calls.instance(instance) === null) return instanceNotFound(instance);
  if (destination === null) return fatal(`Cannot deduce target instance: ${destinationText}`);
  if (calls.instance(destination) === null) return instanceNotFound(destination);
  const place = coordinatesFlag(flags.binlog, type);
  if (place.kind === 'unreadable') return fatal(COORDINATES_EXPECTED);
  return run(destination, place.kind === 'given' ? place.coordinates : null);
}

const correlateBinlog = (context: CommandContext): Promise<CommandResult> =>
  correlate(context, 'binary', async (other, coordinates) =>
    linesOf(await context.calls.correlateBinlogPosition(context.instance, coordinates, other), (found) => [
      coordinatesText(found),
    ]),
  );

const correlateRelayLog = (context: CommandContext): Promise<CommandResult> =>
  correlate(context, 'relay', async (other, coordinates) =>
    linesOf(await context.calls.correlateRelayLogPosition(context.instance, coordinates, other), (found) => [
      [found.own, found.correlated, found.next].map(coordinatesText).join(';'),
    ]),
  );

export const binaryLogs: CommandGroup = {
  heading: 'Binary logs',
  rows: [
    operation(
      'flush-binary-logs',
      'Start a new binary log, or as many as are missing up to a file',
      ['instance?', 'binlog?'],
      {
        ask: onInstance((key, { flags: { binlog } }) =>
          binlog === ''
            ? { kind: 'flush-binary-logs', key, count: 1 }
            : { kind: 'flush-binary-logs-until', key, file: binlog },
        ),
      },
    ),
    operation(
      'purge-binary-logs',
      'Remove binary logs older than a file that every replica has applied',
      ['instance?', 'binlog'],
      { ask: askToPurge },
    ),
    command(
      'last-pseudo-gtid',
      'Print the newest Pseudo-GTID entry of an instance',
      ['instance?', 'strict?'],
      lastPseudoGtid,
    ),
    command(
      'locate-gtid-errant',
      'Print the binary logs that hold errant GTIDs',
      ['instance?'],
      async ({ calls, instance }) => linesOf(await calls.locateErrantGtid(instance), (files) => files),
    ),
    command('last-executed-relay-entry', 'Print the relay log event executed last', ['instance?'], lastRelayEntry),
    command(
      'correlate-relaylog-pos',
      'Find a position of relay logs in the relay logs of a sibling',
      ['instance?', 'destination', 'binlog?'],
      correlateRelayLog,
    ),
    command(
      'find-binlog-entry',
      'Find an entry in the binary logs by its exact text',
      ['instance?', 'pattern'],
      findEntry,
    ),
    command(
      'correlate-binlog-pos',
      'Find a position of binary logs in those of another instance',
      ['instance?', 'destination', 'binlog?'],
      correlateBinlog,
    ),
  ],
};
