/**
 * Runs one list of hooks, one after another (spec/configuration.md 3.2 and 3.4, recovery.md 6). Each start and end is a step of the
 * recovery. A failure is a value; whether it stops the list depends on the list.
 */

import { durationText } from '../model/duration-text.ts';
import type { HookEnd, StartHook } from '../ports/hook-runner.ts';
import type { Log } from '../ports/log.ts';
import { type HookContext, hookEnvironment, substitutePlaceholders } from './hook-context.ts';
import { hookDocument } from './hook-document.ts';

/** Lists of the recovery convention, as the configuration calls them. */
export type HookList =
  | 'OnFailureDetectionProcesses'
  | 'PreGracefulTakeoverProcesses'
  | 'PreFailoverProcesses'
  | 'FencingProcesses'
  | 'PostMasterFailoverProcesses'
  | 'PostIntermediateMasterFailoverProcesses'
  | 'PostFailoverProcesses'
  | 'PostUnsuccessfulFailoverProcesses'
  | 'PostGracefulTakeoverProcesses';

export type HookMode = 'stop-at-first-failure' | 'continue';

/** What comes before the change may veto it; what comes after must not keep the next from being told. */
export const HOOK_MODES: Readonly<Record<HookList, HookMode>> = {
  OnFailureDetectionProcesses: 'stop-at-first-failure',
  PreGracefulTakeoverProcesses: 'stop-at-first-failure',
  PreFailoverProcesses: 'stop-at-first-failure',
  FencingProcesses: 'stop-at-first-failure',
  PostMasterFailoverProcesses: 'continue',
  PostIntermediateMasterFailoverProcesses: 'continue',
  PostFailoverProcesses: 'continue',
  PostUnsuccessfulFailoverProcesses: 'continue',
  PostGracefulTakeoverProcesses: 'continue',
};

/** One entry of a list. */
export interface HookEntry {
  readonly command: string;
  /** Its failure stops its list, and vetoes where the list can. Null: as its list has it. */
  readonly isRequired: boolean | null;
  /** Null: it may take what time it takes. Counts for asynchronous ones, too. */
  readonly timeoutMillis: number | null;
}

/** What is known of each hook of the list, and what becomes of it. `index` from 0. */
export interface HookRecord {
  readonly past: (index: number) => 'not-begun' | 'begun' | 'ended';
  /** False: it must not be started. */
  readonly begins: (index: number) => Promise<boolean>;
  readonly ended: (index: number, failure: string | null) => Promise<void>;
}

export interface HookRun {
  readonly startHook: StartHook;
  readonly list: HookList;
  readonly commands: readonly HookEntry[];
  readonly context: HookContext;
  /** Usually `HOOK_MODES[list]`. */
  readonly mode: HookMode;
  /** Called in order and not waited for: a slow backend must not delay a failover. A failure of it is logged. */
  readonly onStep: (message: string) => void | Promise<void>;
  readonly log: Log;
  /** Absent: nobody has begun it before, and nobody will have to know. */
  readonly record?: HookRecord;
}

/** A list of any kind, with what its hooks are told. */
export interface HookListRun extends Omit<HookRun, 'list' | 'context'> {
  readonly list: string;
  readonly told: {
    readonly substitute: (text: string) => string;
    readonly environment: Readonly<Record<string, string>>;
    /** Standard input. */
    readonly document: string;
  };
  /** A trailing `&` means nothing. Absent: such a command is not waited for. */
  readonly waitsForAll?: true;
}

export type HookResult =
  | { readonly kind: 'ok' }
  /** The first failure of a command that was waited for; all are in the steps. `commandIndex` from 0. */
  | { readonly kind: 'failed'; readonly commandIndex: number; readonly reason: string };

/** How much of a failed hook's output its step quotes; the log has all that was kept. */
const STEP_OUTPUT_CHARACTERS = 2_000;

/**
 * Runs the list; never rejects. In mode `continue` all commands run, whatever happens, and `failed` is for the record only. Asynchronous
 * commands (trailing `&`) are started in their turn, not waited for, and cannot make the list fail.
 */
export function runHooks({ list, context, ...run }: HookRun): Promise<HookResult> {
  const told = {
    substitute: (text: string) => substitutePlaceholders(text, context),
    environment: hookEnvironment(context),
    document: hookDocument(list, context),
  };
  return runHookList({ ...run, list, told });
}

/** The same for a list of any kind. */
export async function runHookList(run: HookListRun): Promise<HookResult> {
  const { list, commands, mode } = run;
  if (commands.length === 0) {
    tell(run, `No ${list} hooks to run`);
    return { kind: 'ok' };
  }
  tell(run, `Running ${commands.length} ${list} hooks`);
  let firstFailure: HookResult | null = null;
  for (const [index, entry] of commands.entries()) {
    const failure = await runHookOnce(run, entry, index);
    const isRequired = entry.isRequired ?? mode === 'stop-at-first-failure';
    if (failure === null || entry.isRequired === false) continue;
    firstFailure ??= { kind: 'failed', commandIndex: index, reason: failure };
    if (!isRequired) continue;
    const remaining = commands.length - index - 1;
    if (remaining > 0) tell(run, `Not running the remaining ${remaining} ${list} hooks`);
    return firstFailure;
  }
  tell(run, `done running ${list} hooks`);
  return firstFailure ?? { kind: 'ok' };
}

/** Null: succeeded, not waited for, or none of ours to run. */
async function runHookOnce(run: HookListRun, entry: HookEntry, index: number): Promise<string | null> {
  const { list, commands, record } = run;
  const name = `${list} hook ${index + 1} of ${commands.length}`;
  const past = record?.past(index) ?? 'not-begun';
  if (past === 'ended') return null;
  if (past === 'begun') {
    tell(run, `${name} had begun, and nobody saw its end: it is not run again`, 'error');
    return null;
  }
  if (record !== undefined && !(await record.begins(index))) return 'this node may not act any more';
  const failure = await runHook(run, entry, name);
  await record?.ended(index, failure);
  return failure;
}

/** Null: succeeded, or not waited for. */
async function runHook(run: HookListRun, entry: HookEntry, name: string): Promise<string | null> {
  const { text, isAsynchronous: mayRunOn } = splitAsynchronous(entry.command);
  const isAsynchronous = mayRunOn && run.waitsForAll !== true;
  const script = run.told.substitute(text);
  tell(run, `Running ${name}${isAsynchronous ? ' (async)' : ''}: ${script}`);
  const gift = { input: run.told.document, timeoutMillis: entry.timeoutMillis };
  const { ended } = await run.startHook(script, [], run.told.environment, gift);
  if (!isAsynchronous) return reportEnd(run, name, await ended);
  void ended.then((end) => reportEnd(run, name, end));
  return null;
}

/** Before the placeholders are replaced: a value that ends with `&` must not make a command asynchronous. */
function splitAsynchronous(command: string): { readonly text: string; readonly isAsynchronous: boolean } {
  const trimmed = command.trim();
  const text = trimmed.replace(/&+$/, '');
  return { text, isAsynchronous: text !== trimmed };
}

/** Tells how it ended and gives back the failure. */
function reportEnd(run: HookListRun, name: string, { failure, output, duration }: HookEnd): string | null {
  if (output !== '') run.log.info(`Output of ${name}`, { output });
  if (failure === null) {
    tell(run, `Completed ${name} in ${durationText(duration)}`);
    return null;
  }
  const quoted = output.trim().slice(-STEP_OUTPUT_CHARACTERS);
  const said = quoted === '' ? 'no output' : `output: ${quoted}`;
  tell(run, `Failed ${name} after ${durationText(duration)}: ${failure}; ${said}`, 'error');
  return failure;
}

function tell(run: HookListRun, message: string, level: 'info' | 'error' = 'info'): void {
  run.log[level](message);
  const write = async () => run.onStep(message);
  // Asynchronous hooks end at any time, even when the backend is closed already: that must not end the process.
  write().catch((failure: unknown) => run.log.error('Cannot write a step of the recovery', { step: message, failure }));
}
