/**
 * What a command is: a row of a table. Its name, its place in the listing, what it takes, and how its lines are made.
 */
import type { Settings } from '../config/settings.ts';
import type { ClusterName } from '../model/brand.ts';
import type { InstanceKey } from '../model/instance-key.ts';
import { instanceKeyText } from '../model/instance-key.ts';
import type { InstanceView, OrchestratorCalls, Outcome } from '../service/calls.ts';
import type { Argument } from './arguments.ts';
import type { AskService } from './ask-service.ts';
import type { Flags } from './flags.ts';
import type { ProgramLog } from './log.ts';

/** Lines of standard output, each without its LF; or the one message with which the program ends, after what had been achieved by then. */
export type CommandResult =
  | { readonly kind: 'done'; readonly lines: readonly string[] }
  | { readonly kind: 'fatal'; readonly message: string; readonly lines?: readonly string[] };

/** What a command needs no backend for. */
export interface OfflineContext {
  readonly settings: Settings;
}

/** One run of a command, for one piece of `-i`. */
export interface CommandContext extends OfflineContext {
  readonly calls: OrchestratorCalls;
  readonly flags: Flags;
  readonly log: ProgramLog;
  readonly askService: AskService;
  /** The piece of `-i` as typed; '' when there is none. */
  readonly typed: string;
  /** The piece parsed, neither resolved nor completed; null when there is none, or none that can be parsed. */
  readonly typedKey: InstanceKey | null;
  /** "I" of the specification: the piece resolved and completed, else the local host. */
  readonly instance: InstanceKey;
  /** What I falls back to. */
  readonly localInstance: InstanceKey;
  /** "D": null when absent or not to be understood. */
  readonly destination: InstanceKey | null;
  /** `-d` with its port, as messages show it; '' when absent. */
  readonly destinationText: string;
  /** Who does it; null when neither the command line nor the operating system says so. */
  readonly owner: string | null;
}

export interface CommandRow {
  readonly name: string;
  /** One line of the listing. */
  readonly description: string;
  readonly needs: readonly Argument[];
  /** Sentences for `help NAME`, beyond what is said of every command. */
  readonly notes?: string;
  /** Runs once whatever `-i` holds, and reads it as a whole. */
  readonly takesList?: true;
  /** Knows `--dry-run`; any other command is refused with it, lest somebody thinks that nothing was changed. */
  readonly canDryRun?: true;
  readonly work:
    | { readonly kind: 'backend'; readonly run: (context: CommandContext) => CommandResult | Promise<CommandResult> }
    | { readonly kind: 'offline'; readonly run: (context: OfflineContext) => CommandResult }
    /** In the contract, but not in this program yet. */
    | { readonly kind: 'not-built' };
}

/** Rows under one heading of the listing, in its order. */
export interface CommandGroup {
  readonly heading: string;
  readonly rows: readonly CommandRow[];
}

/** A command that reads or changes what the backend knows, or the servers themselves. */
export function command(
  name: string,
  description: string,
  needs: readonly Argument[],
  run: (context: CommandContext) => CommandResult | Promise<CommandResult>,
  notes?: string,
): CommandRow {
  return { name, description, needs, work: { kind: 'backend', run }, ...(notes === undefined ? {} : { notes }) };
}

/** A command of the contract that this program cannot do yet. */
export function notBuilt(name: string, description: string, needs: readonly Argument[] = []): CommandRow {
  return { name, description, needs, work: { kind: 'not-built' } };
}

export function done(...lines: readonly string[]): CommandResult {
  return { kind: 'done', lines };
}

export function fatal(message: string): Extract<CommandResult, { readonly kind: 'fatal' }> {
  return { kind: 'fatal', message };
}

/** The lines that follow from a value, or the refusal as the program's last message. */
export function linesOf<Value>(outcome: Outcome<Value>, lines: (value: Value) => readonly string[]): CommandResult {
  return outcome.kind === 'ok' ? done(...lines(outcome.value)) : fatal(outcome.refusal.message);
}

/** Prints I when the call went well, which is all that most commands say. */
export function echoInstance(outcome: Outcome<unknown>, { instance }: CommandContext): CommandResult {
  return linesOf(outcome, () => [instanceKeyText(instance)]);
}

export function keyLines(views: readonly InstanceView[]): CommandResult {
  return done(...views.map(({ instance }) => instanceKeyText(instance.key)));
}

export function instanceNotFound(key: InstanceKey): Extract<CommandResult, { readonly kind: 'fatal' }> {
  return fatal(`Instance not found: ${instanceKeyText(key)}`);
}

/** Runs with what the backend knows of I; FATAL when it knows nothing. */
export function withKnownInstance(context: CommandContext, run: (view: InstanceView) => CommandResult): CommandResult {
  const view = context.calls.instance(context.instance);
  return view === null ? instanceNotFound(context.instance) : run(view);
}

/** Runs with the owner; FATAL when nobody knows who that is. */
export async function withOwner(
  context: CommandContext,
  run: (owner: string) => Promise<CommandResult>,
): Promise<CommandResult> {
  if (context.owner !== null) return run(context.owner);
  return fatal('Cannot determine the user of the operating system; say who you are with --owner');
}

/** '' stands for "no cluster" where the contract goes on without one. */
export type ClusterNameOrNone = ClusterName | '';
