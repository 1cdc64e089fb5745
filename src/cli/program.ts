/**
 * The program from its words to its exit status: the order of checks of spec/cli.md 1.1, then one of its modes.
 *
 * What a mode needs is imported when it is known which one it is: a wrong flag must not wait for a web server to load.
 */
import type { LoadedConfiguration } from '../config/load.ts';
import type { Settings } from '../config/settings.ts';
import { type Flags, flagConflict, flagUsage, readFlags } from './flags.ts';
import type { Level, ProgramLog } from './log.ts';
import type { Surroundings } from './surroundings.ts';

const PROGRAM = 'orchestrator';

const STATUS_OK = 0;
const STATUS_FAILED = 1;
const STATUS_BAD_FLAGS = 2;

/** `words`: what stands behind the program's name. Answers the exit status. */
export async function runProgram(
  words: readonly string[],
  log: ProgramLog,
  surroundings: Surroundings,
): Promise<number> {
  const read = readFlags(words);
  if (read.kind === 'help') return complain(surroundings, flagUsage(PROGRAM), STATUS_OK);
  if (read.kind === 'refused') return complain(surroundings, `${read.reason}\n${flagUsage(PROGRAM)}`, STATUS_BAD_FLAGS);
  const { flags, words: rest } = read;
  const conflict = flagConflict(flags);
  if (conflict !== null) return fail(log, conflict);

  const mode = modeOf(flags, rest);
  const wish = unheardDryRun(flags, rest, mode);
  if (wish !== null) return fail(log, wish);
  setUpLog(flags, mode, log);
  const { version, commit } = surroundings.version();
  if (flags.version) {
    surroundings.writeOut(`${version}\n${commit}\n`);
    return STATUS_OK;
  }
  log.info(
    `starting orchestrator${version === '' ? '' : `, version: ${version}`}${commit === '' ? '' : `, git commit: ${commit}`}`,
  );

  const loading = await loadSettings(flags, log, surroundings);
  if (loading.kind === 'refused') return fail(log, loading.message);
  return enterMode(mode, { flags, log, surroundings, ...loading });
}

type Mode =
  | { readonly kind: 'banner' | 'http' | 'usage-error' }
  | { readonly kind: 'topic'; readonly topic: string }
  | { readonly kind: 'command'; readonly name: string };

/** Which mode the flags and the words behind them ask for. */
function modeOf({ c }: Flags, words: readonly string[]): Mode {
  const [first, second] = words;
  if (first === undefined) return c === '' ? { kind: 'banner' } : { kind: 'command', name: c };
  if (first === 'cli') return { kind: 'command', name: c };
  if (first === 'http') return { kind: 'http' };
  if (first !== 'help') return { kind: 'usage-error' };
  const topic = second || c;
  return topic === '' ? { kind: 'command', name: 'help' } : { kind: 'topic', topic };
}

/**
 * Why a wish for a dry run would not be heard, or null. Flags behind the first word are passed over (contract), and a service takes none: either way somebody who asked
 * for nothing to be changed would have it changed.
 */
function unheardDryRun(flags: Flags, words: readonly string[], mode: Mode): string | null {
  if (words.some((word) => /^--?dry-run(=|$)/.test(word))) return '--dry-run must stand before the first other word';
  return flags['dry-run'] && mode.kind === 'http' ? '--dry-run is for operations: a service cannot run so' : null;
}

interface Running {
  readonly flags: Flags;
  readonly log: ProgramLog;
  readonly surroundings: Surroundings;
  readonly settings: Settings;
  readonly listenAddressGiven: boolean;
}

async function enterMode(mode: Mode, running: Running): Promise<number> {
  const { flags, log, surroundings, settings } = running;
  switch (mode.kind) {
    case 'banner':
      surroundings.writeOut((await import('./help-texts.ts')).BANNER);
      return STATUS_OK;
    case 'usage-error':
      return complain(surroundings, (await import('./help-texts.ts')).USAGE_ERROR, STATUS_FAILED);
    case 'topic':
      surroundings.writeOut((await import('./help-texts.ts')).topicHelp(mode.topic));
      return STATUS_OK;
    case 'command': {
      const { runCommand } = await import('./run-command.ts');
      return runCommand({ name: mode.name, flags, settings, log, surroundings });
    }
    case 'http': {
      const { serveHttp } = await import('./http-mode.ts');
      return serveHttp(running);
    }
  }
}

function setUpLog(flags: Flags, mode: Mode, log: ProgramLog): void {
  log.setThreshold(threshold(flags, mode));
  if (flags.stack) log.showStacks();
}

/** `--quiet` has the last word. A service that says neither where it listens nor what it ignores leaves its operator guessing. */
function threshold(flags: Flags, mode: Mode): Level {
  if (flags.quiet) return 'ERROR';
  if (flags.debug) return 'DEBUG';
  if (flags.verbose) return 'INFO';
  return mode.kind === 'http' ? 'NOTICE' : 'ERROR';
}

type Loading =
  | { readonly kind: 'ok'; readonly settings: Settings; readonly listenAddressGiven: boolean }
  | { readonly kind: 'refused'; readonly message: string };

/** Reads the configuration, tells what there is to tell about it, and applies the flags that override it (1.3). */
async function loadSettings(flags: Flags, log: ProgramLog, surroundings: Surroundings): Promise<Loading> {
  const { loadConfiguration } = await import('../config/load.ts');
  const { env, readFile } = surroundings;
  const loading = loadConfiguration({ configFile: flags.config, env, readFile });
  if (loading.kind === 'refused') return loading;
  await reportLoading(loading, flags, log);
  const skipUpdate = loading.settings.SkipOrchestratorDatabaseUpdate && !flags['enable-database-update'];
  return {
    kind: 'ok',
    settings: Object.freeze({ ...loading.settings, SkipOrchestratorDatabaseUpdate: skipUpdate }),
    listenAddressGiven: loading.source.raw.values.has('ListenAddress'),
  };
}

async function reportLoading(
  { settings, files, warnings }: LoadedConfiguration,
  flags: Flags,
  log: ProgramLog,
): Promise<void> {
  const { SECRET_KEYS } = await import('../config/dump.ts');
  log.hide(SECRET_KEYS.map((key) => String(settings[key])));
  for (const file of files) log.info(`Read config: ${file}`);
  if (settings.Debug && !flags.quiet) log.setThreshold('DEBUG');
  for (const warning of warnings) log.warning(warning.message);
}

function complain(surroundings: Surroundings, text: string, status: number): number {
  surroundings.writeError(text);
  return status;
}

function fail(log: ProgramLog, message: string): number {
  log.fatal(message);
  return STATUS_FAILED;
}
