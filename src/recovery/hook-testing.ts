/** Worlds for the tests of hooks: a dead primary, folders of their own, a log and steps that can be read. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AnalysisEntry } from '../analysis/entry.ts';
import { aPrimaryWith, at, down, receiverStopped } from '../analysis/testing.ts';
import type { BinlogCoordinates } from '../model/binlog-coordinates.ts';
import type { RecoveryUid } from '../model/recovery-record.ts';
import type { Log } from '../ports/log.ts';
import type { HookContext, HookSuccessor } from './hook-context.ts';
import { type HookShell, hooksIn } from './hook-script.ts';
import type { HookEntry, HookRun } from './run-hooks.ts';

export const COORDINATES: BinlogCoordinates = { file: 'mysql-bin.000123', pos: 456, type: 'binary' };
export const SUCCESSOR: HookSuccessor = { key: at(22294), alias: 'db-two', coordinates: COORDINATES };

/** Primary 22293 died and left the replicas 22294 and 22295. */
export function deadPrimary(change: Partial<AnalysisEntry> = {}): AnalysisEntry {
  return { ...aPrimaryWith(2).with(22293, down).withEach([22294, 22295], receiverStopped).entryOf(22293), ...change };
}

export function aHookContext(change: Partial<HookContext> = {}): HookContext {
  return {
    entry: deadPrimary(),
    recoveryUid: '1795408652939435816:996cf12b' as RecoveryUid,
    orchestratorHost: 'observer.example',
    successor: null,
    lostReplicas: [],
    ...change,
  };
}

/** Where hooks of a test run; `work` is theirs, `temporary` is ours for scripts. */
export class HookBench {
  readonly #root = mkdtempSync(join(tmpdir(), 'orchestrator-hooks-'));
  readonly temporary = mkdtempSync(join(this.#root, 'tmp-'));
  readonly work = mkdtempSync(join(this.#root, 'work-'));
  readonly steps: string[] = [];
  readonly logged: string[] = [];

  readonly log: Log = {
    debug: () => {},
    info: (message, fields) => this.#note('info', message, fields),
    warning: (message, fields) => this.#note('warning', message, fields),
    error: (message, fields) => this.#note('error', message, fields),
  };

  /** A pre-failover list, unless changed; hooks find `$WORK` in their environment. */
  run(
    commands: readonly string[],
    change: Partial<Omit<HookRun, 'commands'> & HookShell & Omit<HookEntry, 'command'>> = {},
  ): HookRun {
    const { isRequired = null, timeoutMillis = null } = change;
    const { shell, environment, tmpDir } = { ...this.shell(), ...change };
    return {
      list: 'PreFailoverProcesses',
      mode: 'stop-at-first-failure',
      commands: commands.map((command) => ({ command, isRequired, timeoutMillis })),
      context: aHookContext(),
      startHook: hooksIn(() => ({ shell, environment, tmpDir })),
      onStep: (message) => void this.steps.push(message),
      log: this.log,
      ...change,
    };
  }

  shell(): HookShell {
    return {
      shell: 'bash',
      environment: { ...process.env, WORK: this.work },
      tmpDir: this.temporary,
    };
  }

  path(name: string): string {
    return join(this.work, name);
  }

  /** What a hook wrote to `$WORK/name`; null when it did not. */
  read(name: string): string | null {
    return existsSync(this.path(name)) ? readFileSync(this.path(name), 'utf8') : null;
  }

  temporaryFiles(): readonly string[] {
    return readdirSync(this.temporary);
  }

  /** The steps without their durations. */
  stepsWithoutTimes(): readonly string[] {
    return this.steps.map((step) => step.replace(/(in|after) [0-9.hms]+(µs|ns)?(?=$|:)/, '$1 …'));
  }

  remove(): void {
    rmSync(this.#root, { recursive: true });
  }

  #note(level: string, message: string, fields?: Readonly<Record<string, unknown>>): void {
    this.logged.push(`${level}: ${message}${fields === undefined ? '' : ` ${JSON.stringify(fields)}`}`);
  }
}

/** A zombie that nobody reaped yet counts as gone. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const stat = `/proc/${pid}/stat`;
  return !existsSync(stat) || !/\) Z /.test(readFileSync(stat, 'utf8'));
}
