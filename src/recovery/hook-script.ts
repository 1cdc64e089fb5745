/**
 * One run of one hook: its text in a file, a shell that reads it, how that ended (spec/configuration.md 3.2, items 3 to 8).
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { millis } from '../model/brand.ts';
import { durationText } from '../model/duration-text.ts';
import type { HookEnd, HookGift, StartHook } from '../ports/hook-runner.ts';
import { HookOutput } from './hook-output.ts';

/** Between the request to end (SIGTERM), which lets a hook tidy up, and the end (SIGKILL). */
export const HOOK_KILL_GRACE_MILLIS = 1_000;

/** For its owner alone: a hook may hold passwords. */
const SCRIPT_MODE = 0o600;

/** What all hooks of one run have in common. */
export interface HookShell {
  /** `ProcessesShellCommand`: one name or path, no arguments. */
  readonly shell: string;
  /** What is inherited: the whole environment of the server. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly tmpDir: string;
}

/** In this shell, whose settings are read at each start. */
export const hooksIn = (shell: () => HookShell): StartHook => {
  return (script, parameters, variables, gift) => startHookScript(script, parameters, variables, gift, shell());
};

type ExitOrTimeout =
  | { readonly kind: 'exited'; readonly code: number | null; readonly signal: NodeJS.Signals | null }
  | { readonly kind: 'timed-out' };

/**
 * Starts `<shell> <file holding text> <parameters>` in a process group of its own, in the server's working directory. Resolves once it
 * runs, or could not be started; `ended` once it is over, its file is removed and its output read. Neither ever rejects.
 */
export async function startHookScript(
  text: string,
  parameters: readonly string[],
  variables: Readonly<Record<string, string>>,
  { input, timeoutMillis }: HookGift,
  { shell, environment, tmpDir }: HookShell,
): Promise<{ readonly ended: Promise<HookEnd> }> {
  const startedAt = performance.now();
  const notStarted = (failure: string) => {
    const duration = millis(performance.now() - startedAt);
    return { ended: Promise.resolve({ failure, output: '', duration }) };
  };

  const file = join(tmpDir, `orchestrator-process-cmd-${randomBytes(8).toString('hex')}`);
  const unwritten = await writeScript(file, text);
  if (unwritten !== null) return notStarted(unwritten);

  const output = await HookOutput.open(tmpDir);
  const started = await startShell(() =>
    spawn(shell, [file, ...parameters], {
      env: { ...environment, ...variables },
      stdio: [input === '' ? 'ignore' : 'pipe', output.target, output.target],
      detached: true,
    }),
  );
  if (started.kind === 'failed') {
    output.attach(null);
    await removeScript(file);
    return notStarted(`cannot start ${shell}: ${started.reason}`);
  }
  output.attach(started.child);
  give(started.child, input);

  const ended = (async (): Promise<HookEnd> => {
    const exit = await exitWithin(started, timeoutMillis);
    const duration = millis(performance.now() - startedAt);
    const [printed] = await Promise.all([output.afterExit(), removeScript(file)]);
    return { failure: failureOf(exit, timeoutMillis), output: printed, duration };
  })();
  return { ended };
}

/** A hook that reads nothing, or ends before it has read all, is no failure. */
function give({ stdin }: ChildProcess, input: string): void {
  stdin?.on('error', () => {});
  stdin?.end(input);
}

interface StartedShell {
  readonly kind: 'started';
  readonly child: ChildProcess;
  readonly exited: Promise<ExitOrTimeout>;
}

async function startShell(
  start: () => ChildProcess,
): Promise<StartedShell | { readonly kind: 'failed'; readonly reason: string }> {
  try {
    const child = start();
    const exited = new Promise<ExitOrTimeout>((settle) => {
      child.once('exit', (code, signal) => settle({ kind: 'exited', code, signal }));
    });
    await once(child, 'spawn');
    // A signal that cannot be delivered is reported as an event; without a listener it would end this process.
    child.on('error', () => {});
    return { kind: 'started', child, exited };
  } catch (failure) {
    return { kind: 'failed', reason: errorText(failure) };
  }
}

/** The exit, or `timed-out` with nothing left of the process group. */
async function exitWithin({ child, exited }: StartedShell, timeoutMillis: number | null): Promise<ExitOrTimeout> {
  if (timeoutMillis === null) return exited;
  const first = await firstOf(exited, timeoutMillis);
  if (first !== null) return first;
  killGroup(child, 'SIGTERM');
  await firstOf(exited, HOOK_KILL_GRACE_MILLIS);
  // Also when the shell obeyed: what it had started may not have.
  killGroup(child, 'SIGKILL');
  return { kind: 'timed-out' };
}

async function firstOf(exited: Promise<ExitOrTimeout>, waitMillis: number): Promise<ExitOrTimeout | null> {
  const waiting = new AbortController();
  const timer = pause(waitMillis, null, { signal: waiting.signal }).catch(() => null);
  const first = await Promise.race([exited, timer]);
  waiting.abort();
  return first;
}

function killGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // The group is gone.
  }
}

function failureOf(exit: ExitOrTimeout, timeoutMillis: number | null): string | null {
  if (exit.kind === 'timed-out') return `ended by force after the limit of ${durationText(millis(timeoutMillis ?? 0))}`;
  if (exit.signal !== null) return `killed by signal ${exit.signal}`;
  return exit.code === 0 ? null : `exit status ${exit.code}`;
}

/** Null when written. */
async function writeScript(file: string, text: string): Promise<string | null> {
  try {
    await writeFile(file, text, { mode: SCRIPT_MODE, flag: 'wx' });
    return null;
  } catch (failure) {
    await removeScript(file);
    return `cannot write the hook's file: ${errorText(failure)}`;
  }
}

/** A file that stays, in a folder of temporary files, is no reason to change the outcome of a hook. */
async function removeScript(file: string): Promise<void> {
  await rm(file, { force: true }).catch(() => {});
}

function errorText(failure: unknown): string {
  return failure instanceof Error ? failure.message : String(failure);
}
