/**
 * Under which names the doors know each operation: every route of API v1 and every command is asked once, by calls that do nothing and note what they were asked for.
 * So no list of names can differ from what the doors do.
 */
import type { CommandContext, CommandRow } from '../../src/cli/command.ts';
import { COMMAND_GROUPS } from '../../src/cli/command-table.ts';
import { flagsFrom } from '../../src/cli/flags.ts';
import { createLog } from '../../src/cli/log.ts';
import { oldNamesOf } from '../../src/cli/synonyms.ts';
import { declarationOf, settingsFrom } from '../../src/config/settings.ts';
import type { ApiRequest, Route } from '../../src/http/v1/request.ts';
import { ROUTES } from '../../src/http/v1/routes.ts';
import type { OperationRequest } from '../../src/planning/operations/operation-request.ts';
import { type OrchestratorCalls, ok } from '../../src/service/calls.ts';
import { numberOf, numberOfCall } from './numbers.ts';
import { at, replica } from './sample-world.ts';

export interface Names {
  /** Paths relative to `/api/`, synonyms included, by O-number. */
  readonly routes: ReadonlyMap<number, readonly string[]>;
  /** Names of commands, by O-number. */
  readonly commands: ReadonlyMap<number, readonly string[]>;
  /** The command that asks for operations of a kind; of several the first. */
  readonly commandOf: (request: OperationRequest) => string | null;
}

export const routePaths = ({ path, synonyms = [] }: Route): readonly string[] => [path, ...synonyms];

/** Present name first. */
export const commandNames = ({ name }: CommandRow): readonly string[] => [name, ...oldNamesOf(name)];

type Noted = { readonly number: number; readonly request: OperationRequest | null };

export function namesOfDoors(): Names {
  const routes = new Map<number, string[]>();
  const commands = new Map<number, string[]>();
  const byKind = new Map<string, string>();
  for (const route of ROUTES) {
    const noted = notedFrom((calls) => route.handle(REQUEST, calls));
    if (noted !== null) routes.set(noted.number, [...(routes.get(noted.number) ?? []), ...routePaths(route)]);
  }
  for (const row of COMMAND_GROUPS.flatMap(({ rows }) => rows)) {
    const { work } = row;
    if (work.kind !== 'backend') continue;
    for (const given of [GIVEN, WITHOUT_LOG]) {
      const noted = notedFrom((calls) => work.run(contextWith(calls, given)));
      if (noted === null) continue;
      commands.set(noted.number, [...new Set([...(commands.get(noted.number) ?? []), ...commandNames(row)])]);
      if (noted.request !== null && !byKind.has(kindOf(noted.request))) byKind.set(kindOf(noted.request), row.name);
    }
  }
  return { routes, commands, commandOf: (request) => byKind.get(kindOf(request)) ?? null };
}

/** What decides about the command: of a switch both positions have one. */
const kindOf = (request: OperationRequest): string =>
  [
    request.kind,
    'enabled' in request ? request.enabled : '',
    'readOnly' in request ? request.readOnly : '',
    'method' in request ? request.method : '',
  ].join(' ');

/** The first operation or question that something asks for; null: none. */
function notedFrom(run: (calls: OrchestratorCalls) => unknown): Noted | null {
  let noted: Noted | null = null;
  const note = (found: Noted | null): void => {
    noted ??= found;
  };
  try {
    const result = run(notingCalls(note));
    // It waits for an answer that never comes; what it makes of none is nobody's matter.
    if (result instanceof Promise) result.catch(() => undefined);
  } catch {
    // As well: it was asked without what it needs.
  }
  return noted;
}

const NEVER = new Promise<never>(() => undefined);

function notingCalls(note: (found: Noted | null) => void): OrchestratorCalls {
  const known: Partial<OrchestratorCalls> = {
    resolveKey: () => ok(at('db2')),
    resolveKeyText: () => ok(at('db2')),
    instance: () => ({ instance: replica('db2', 'db1'), downtime: null, candidate: null }),
    clusterByHint: () => ok(replica('db2', 'db1').clusterName),
    clusterByAlias: () => replica('db2', 'db1').clusterName,
    planOperation: (request) => {
      note({ number: numberOf(request), request });
      return NEVER;
    },
    operate: (request) => {
      note({ number: numberOf(request), request });
      return NEVER;
    },
  };
  return new Proxy(known, {
    get: (calls, name) =>
      Reflect.get(calls, name) ??
      ((...args: readonly unknown[]) => {
        const number = numberOfCall(String(name), args);
        note(number === null ? null : { number, request: null });
        return NEVER;
      }),
    // Every call that is not among the known ones is noted.
  }) as OrchestratorCalls;
}

const PARAMETERS: Readonly<Record<string, string>> = { seconds: '10', process: '7', logPos: '4' };

const REQUEST: ApiRequest = {
  param: (name) => PARAMETERS[name] ?? 'db2',
  query: () => '',
  user: '',
  rawHeaders: [],
};

/** Flags that some command needs. */
const WITHOUT_LOG: ReadonlyMap<string, string> = new Map([
  ['pattern', 'x'],
  ['reason', 'a reason'],
]);
const GIVEN: ReadonlyMap<string, string> = new Map([...WITHOUT_LOG, ['binlog', 'binlog.000007:4']]);

function contextWith(calls: OrchestratorCalls, given: ReadonlyMap<string, string>): CommandContext {
  const [instance, destination] = [at('db2'), at('db3')];
  return {
    settings: settingsFrom((name) => declarationOf(name).default),
    calls,
    flags: flagsFrom(given),
    log: createLog({ write: () => undefined, now: () => new Date(0) }),
    askService: () => Promise.resolve(null),
    typed: 'db2',
    typedKey: instance,
    instance,
    localInstance: instance,
    destination,
    destinationText: 'db3:3306',
    owner: 'ops',
  };
}
