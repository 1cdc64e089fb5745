/**
 * Virtual names in plans (spec/topology-operations.md 3.2 step 2, spec/cli.md 5.10): a replica is told of its source by the name that a person has registered for the
 * source's host, such as an address that moves with a service. Whether the name leads to that source is found out before the plan is shown, by whoever can ask; a name
 * that leads elsewhere refuses the operation while nothing has been stopped yet.
 */
import { type InstanceKey, instanceKeyText, type KeyId, keyId } from '../../model/instance-key.ts';
import type { DeferredCommand, SourceName, StepCommand } from '../deferred-command.ts';
import {
  type OperationLane,
  type OperationPlan,
  type OperationPlanResult,
  type OperationStep,
  plansOf,
  refuse,
} from './operation-plan.ts';

/** By which name replicas are to be told of a source. */
export type NameVerdict =
  /** None is registered, or none is to be used. */
  | { readonly kind: 'own' }
  /** `hostname` is registered, and leads to the source. */
  | { readonly kind: 'virtual'; readonly hostname: string }
  /** `hostname` is registered and does not lead there, `why` in one clause. `tolerated`: then the own name is used. */
  | { readonly kind: 'misleads'; readonly hostname: string; readonly why: string; readonly tolerated: boolean };

type Follow = Extract<DeferredCommand, { kind: 'follow-when-safe' }>;

const isFollow = (command: StepCommand): command is Follow => command.kind === 'follow-when-safe';

const mayBeNamed = (command: StepCommand): command is Follow => isFollow(command) && command.name === undefined;

/** Whatever is registered: sources of these steps are told by the names by which we know them (O13, O14, O20, O23, O24, O26). */
export const byOwnName = (one: OperationStep): OperationStep => ({
  ...one,
  commands: one.commands.map((command) => (isFollow(command) ? { ...command, name: { kind: 'own' } } : command)),
});

export const laneByOwnNames = (lane: OperationLane): OperationLane => ({ ...lane, steps: lane.steps.map(byOwnName) });

const stepsOf = ({ before, lanes, after }: OperationPlan): readonly OperationStep[] => [
  ...before,
  ...lanes.flatMap(({ steps }) => steps),
  ...after,
];

/** Sources of which a server will be told, or told again on its way back, and that may have a virtual name; each once. */
export const sourcesToName = (plan: OperationPlan): readonly InstanceKey[] =>
  sourcesOf(plan, ({ commands, undo }) => [...commands, ...undo]);

function sourcesOf(
  plan: OperationPlan,
  commandsOf: (one: OperationStep) => readonly StepCommand[],
): readonly InstanceKey[] {
  const sources = plansOf(plan)
    .flatMap(stepsOf)
    .flatMap((one) =>
      commandsOf(one)
        .filter(mayBeNamed)
        .map(({ source }) => source),
    );
  return [...new Map(sources.map((source) => [keyId(source), source])).values()];
}

/** The plan with the names put in. Refused where one misleads and that is not tolerated; a way back is by the own name then. */
export function withSourceNames(
  plan: OperationPlan,
  verdictOn: (source: InstanceKey) => NameVerdict,
): OperationPlanResult {
  const warnings: string[] = [];
  for (const source of sourcesOf(plan, ({ commands }) => commands)) {
    const verdict = verdictOn(source);
    if (verdict.kind !== 'misleads') continue;
    if (!verdict.tolerated) return refuse('virtual-name-misleads', misleadsText(source, verdict));
    warnings.push(
      `${instanceKeyText(source)} is told by its own name: the virtual name ${verdict.hostname} does not lead to it: ${verdict.why}`,
    );
  }
  const virtual = new Map(
    sourcesToName(plan).flatMap((source) => {
      const verdict = verdictOn(source);
      return verdict.kind === 'virtual' ? [[keyId(source), verdict] as const] : [];
    }),
  );
  return { kind: 'planned', plan: { ...named(plan, virtual), warnings: [...plan.warnings, ...warnings] } };
}

type Virtual = Extract<SourceName, { kind: 'virtual' }>;
type VirtualNames = ReadonlyMap<KeyId, Virtual>;

function named(plan: OperationPlan, names: VirtualNames): OperationPlan {
  if (names.size === 0) return plan;
  const told = toldOf(plan, names);
  const ofAll = (steps: readonly OperationStep[]): readonly OperationStep[] =>
    steps.map((one) => namedStep(one, names, told));
  return {
    ...plan,
    before: ofAll(plan.before),
    lanes: plan.lanes.map((lane) => ({ ...lane, steps: ofAll(lane.steps) })),
    after: ofAll(plan.after),
    next: plan.next === null ? null : named(plan.next, names),
  };
}

/** Who is told of which source, by a name that it may show from then on. */
function toldOf(plan: OperationPlan, names: VirtualNames): ReadonlySet<string> {
  const pairs = stepsOf(plan).flatMap(({ server, commands }) =>
    commands.filter(mayBeNamed).flatMap(({ source }) => (names.has(keyId(source)) ? [pairId(server, source)] : [])),
  );
  return new Set(pairs);
}

const pairId = (server: InstanceKey, source: InstanceKey): string => `${keyId(server)} ${keyId(source)}`;

function namedStep(one: OperationStep, names: VirtualNames, told: ReadonlySet<string>): OperationStep {
  const [first] = one.commands.filter(mayBeNamed);
  const name = first === undefined ? undefined : names.get(keyId(first.source));
  return {
    ...one,
    commands: one.commands.map((command) => withName(command, names)),
    undo: one.undo.map((command) => withName(command, names)),
    postcondition: namedCondition(one, names, told),
    effect: name === undefined ? one.effect : `${one.effect}, by its virtual name ${name.hostname}`,
  };
}

function withName(command: StepCommand, names: VirtualNames): StepCommand {
  const name = mayBeNamed(command) ? names.get(keyId(command.source)) : undefined;
  return name === undefined || !isFollow(command) ? command : { ...command, name };
}

/** What is shown as its source afterwards is the virtual name, until that one is known to be the same server. */
function namedCondition(
  { server, postcondition }: OperationStep,
  names: VirtualNames,
  told: ReadonlySet<string>,
): OperationStep['postcondition'] {
  if (postcondition.kind !== 'replicates-from' || !told.has(pairId(server, postcondition.source))) return postcondition;
  const name = names.get(keyId(postcondition.source));
  if (name === undefined) return postcondition;
  return { ...postcondition, toldAs: { ...postcondition.source, hostname: name.hostname } };
}

/** Begins and mentions as the contract says (spec/cli.md 5.10). */
/** Text of the contract (spec/cli.md 5.10), with what is behind the name and what to do. */
export function misleadsText(
  source: InstanceKey,
  { hostname, why }: { readonly hostname: string; readonly why: string },
): string {
  const way = 'register the right name, or use --skip-unresolve-check to point at the host itself';
  return `Error unresolving; hostname=${source.hostname}, unresolved=${hostname}: ${why}; ${way}`;
}
