/**
 * CLI mode (spec/cli.md 1.5): one command, once for each piece of `-i`, then the end.
 */
import type { Settings } from '../config/settings.ts';
import type { OrchestratorNode } from '../service/compose-node.ts';
import type { CommandContext, CommandResult, CommandRow } from './command.ts';
import { findCommand } from './command-table.ts';
import type { Flags } from './flags.ts';
import { commandListing } from './help-texts.ts';
import type { ProgramLog } from './log.ts';
import type { Surroundings } from './surroundings.ts';
import { piecesOf, targetsFor } from './targets.ts';

export interface CommandRequest {
  /** As typed: old names are accepted. */
  readonly name: string;
  readonly flags: Flags;
  readonly settings: Settings;
  readonly log: ProgramLog;
  readonly surroundings: Surroundings;
}

const RAFT_REFUSAL =
  'Orchestrator is configured to run raft ("RaftEnabled": true). All access must go through the web API of the active raft node. ' +
  'The orchestrator-client program offers the same interface as the command line. Use --ignore-raft-setup to override';

/** Runs the command; the exit status. */
export async function runCommand(request: CommandRequest): Promise<number> {
  const { name, flags, settings, log } = request;
  if (settings.RaftEnabled && !flags['ignore-raft-setup']) return end(log, RAFT_REFUSAL);
  if (name === 'help') return listCommands(request);
  const row = findCommand(name);
  if (row === undefined) return end(log, `Unknown command: ${JSON.stringify(name)}. ${commandListing()}`);
  if (flags['dry-run'] && row.canDryRun !== true)
    return end(log, `${row.name} has no plan to show: --dry-run is for operations`);
  switch (row.work.kind) {
    case 'not-built':
      return end(log, `command ${row.name} is not available yet`);
    case 'offline': {
      const { run } = row.work;
      return forEachPiece(piecesOf(flags.i), request, () => run({ settings }));
    }
    case 'backend':
      return withNode(row, request, row.work.run);
  }
}

function listCommands({ flags, surroundings }: CommandRequest): number {
  for (const _piece of piecesOf(flags.i)) surroundings.writeError(`${commandListing()}\n`);
  return 0;
}

/** One run, about no instance. */
const NO_PIECES = [''];

type Run = (context: CommandContext) => CommandResult | Promise<CommandResult>;

/** Opens the node for the command, and closes it whatever happens: what is queued must reach the backend. */
async function withNode(row: CommandRow, request: CommandRequest, run: Run): Promise<number> {
  const { flags, settings, log, surroundings } = request;
  const opening = await surroundings.openNode({
    settings,
    mode: 'command',
    command: row.name,
    version: surroundings.version().version,
    log,
    discovery: false,
    grabElection: flags['grab-election'],
    noop: flags.noop,
    skipBinlogSearch: flags['skip-binlog-search'],
    skipUnresolve: flags['skip-unresolve'],
    skipUnresolveCheck: flags['skip-unresolve-check'],
    registers: !flags['skip-continuous-registration'],
  });
  if (opening.kind === 'refused') return end(log, opening.message);
  try {
    const pieces = row.takesList === true ? NO_PIECES : piecesOf(flags.i);
    return await forEachPiece(pieces, request, (piece) => run(contextFor(piece, request, opening.node)));
  } finally {
    await opening.node.stop();
  }
}

function contextFor(
  piece: string,
  { flags, settings, log, surroundings }: CommandRequest,
  node: OrchestratorNode,
): CommandContext {
  const { calls } = node;
  const targets = targetsFor(piece, { calls, settings, flags, log, localHostname: surroundings.hostname() });
  const { askService } = surroundings;
  return { ...targets, calls, settings, flags, log, askService, owner: flags.owner || surroundings.username() };
}

/** Left to right; the first failure ends everything, and what was printed stays printed. */
async function forEachPiece(
  pieces: readonly string[],
  { log, surroundings }: CommandRequest,
  run: (piece: string) => CommandResult | Promise<CommandResult>,
): Promise<number> {
  for (const piece of pieces) {
    const result = await run(piece);
    surroundings.writeOut((result.lines ?? []).map((line) => `${line}\n`).join(''));
    if (result.kind === 'fatal') return end(log, result.message);
  }
  return 0;
}

function end(log: ProgramLog, message: string): number {
  log.fatal(message);
  return 1;
}
