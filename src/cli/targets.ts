/**
 * What the arguments point at: I, D and C of spec/cli.md 1.4, 5.2.
 */
import type { Settings } from '../config/settings.ts';
import { type InstanceKey, instanceKeyText, parseInstanceKey } from '../model/instance-key.ts';
import type { ClusterInfo, OrchestratorCalls } from '../service/calls.ts';
import { type ClusterNameOrNone, type CommandContext, type CommandResult, fatal } from './command.ts';
import type { Flags } from './flags.ts';
import type { ProgramLog } from './log.ts';

/** The pieces of `-i`, each of which is one run; one run without an instance when there is no piece. */
export function piecesOf(text: string): readonly string[] {
  const pieces = text.split(/[ ,\r\n\t]+/).filter((piece) => piece !== '');
  return pieces.length === 0 ? [''] : pieces;
}

export interface TargetWorld {
  readonly calls: OrchestratorCalls;
  readonly settings: Settings;
  readonly flags: Flags;
  readonly log: ProgramLog;
  readonly localHostname: string;
}

type Targets = Pick<
  CommandContext,
  'typed' | 'typedKey' | 'instance' | 'localInstance' | 'destination' | 'destinationText'
>;

/** I and D for one piece of `-i`. What cannot be understood counts as not given (contract), and the log says so. */
export function targetsFor(piece: string, world: TargetWorld): Targets {
  const localInstance = { hostname: world.localHostname, port: world.settings.DefaultInstancePort };
  const destinationText = withPort(world.flags.d || world.flags.s, world.settings.DefaultInstancePort);
  const typedKey = parsed(piece, world);
  return {
    typed: piece,
    typedKey,
    localInstance,
    // A mistyped -i acts on the local host (contract): that is why the log line above is an ERROR.
    instance: (typedKey === null ? null : resolved(piece, world)) ?? localInstance,
    destination: parsed(destinationText, world) === null ? null : resolved(destinationText, world),
    destinationText,
  };
}

function withPort(text: string, defaultPort: number): string {
  return text === '' || text.includes(':') ? text : `${text}:${defaultPort}`;
}

function parsed(text: string, { settings, log }: TargetWorld): InstanceKey | null {
  if (text === '') return null;
  const parse = parseInstanceKey(text, settings.DefaultInstancePort);
  if (parse.kind === 'ok') return parse.key;
  log.error(`${parse.reason}; it counts as not given`);
  return null;
}

function resolved(text: string, { calls, log }: TargetWorld): InstanceKey | null {
  const outcome = calls.resolveKeyText(text);
  if (outcome.kind === 'ok') return outcome.value;
  log.error(`${outcome.refusal.message}; ${text} counts as not given`);
  return null;
}

/**
 * C: by `--alias` as name or alias, by `-i` as typed, by `-i` completed, by the local host. '' when all fail: commands go on with it
 * (contract), so the log names the hint that led nowhere.
 */
export function clusterOf({ calls, flags, log, typedKey, instance, localInstance }: CommandContext): ClusterNameOrNone {
  const hint = flags.alias;
  const named = hint === '' ? null : calls.clusterByAlias(hint);
  if (named !== null) return named;
  const keys = typedKey === null ? [localInstance] : [typedKey, instance, localInstance];
  for (const key of keys) {
    const view = calls.instance(key);
    if (view === null) continue;
    // A misspelt alias silently acting on another cluster is how the wrong primary gets replaced.
    if (hint !== '') log.error(`no cluster is called ${hint}; going on with the cluster of ${instanceKeyText(key)}`);
    return view.instance.clusterName;
  }
  log.error(`Unable to determine cluster name. clusterHint=${hint}`);
  return '';
}

/** Runs with what is known of C. Without a name the only cluster there is will do (contract). */
export async function withClusterInfo(
  context: CommandContext,
  run: (info: ClusterInfo) => Promise<CommandResult>,
): Promise<CommandResult> {
  const name = clusterOf(context);
  const all = context.calls.clusters();
  const info = name === '' ? (all.length === 1 ? all[0] : null) : context.calls.clusterInfo(name);
  return info === null || info === undefined ? fatal(`No cluster info found for ${name}`) : run(info);
}

/**
 * The instance that `forget` means: as typed when it is known so, else completed; never another name that the typed one
 * resolves to. Null: not given, or not to be understood.
 */
export function keyToForget({ calls, typed, typedKey }: CommandContext): InstanceKey | null {
  if (typedKey === null || calls.instance(typedKey) !== null) return typedKey;
  const outcome = calls.resolveKeyText(typed);
  const isCompletion =
    outcome.kind === 'ok' && outcome.value.port === typedKey.port && outcome.value.hostname.includes(typedKey.hostname);
  return isCompletion ? outcome.value : typedKey;
}
