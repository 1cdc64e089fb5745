/** Reads, when a step is about to be sent, what its commands and its postcondition need to know. */
import type { Instance } from '../model/instance.ts';
import { type InstanceKey, keyId } from '../model/instance-key.ts';
import type { ServerCommand } from '../model/server-command.ts';
import { isDeferred, type StepCommand } from '../planning/deferred-command.ts';
import type { PlanStep, StepId } from '../planning/plan.ts';
import {
  type PlainPostcondition,
  resolveCommand,
  resolvePostcondition,
  type Sight,
  serversOfPostcondition,
  serversToSee,
} from '../planning/resolve-command.ts';
import { type PlanRunnerOptions, type Sightings, VERIFY_MILLIS } from './runner-options.ts';

type ResolvedStep =
  | {
      readonly kind: 'resolved';
      readonly commands: readonly ServerCommand[];
      readonly postcondition: PlainPostcondition;
    }
  | { readonly kind: 'refused'; readonly reason: string };

/** Reads whom the step's values come from, and puts them in. */
export async function resolveStep(
  step: PlanStep<StepCommand>,
  options: PlanRunnerOptions,
  sightings: Sightings,
): Promise<ResolvedStep> {
  const postcondition = await resolvedPostcondition(step, options, sightings);
  if (postcondition.kind === 'refused') return postcondition;
  const commands = await resolveCommands(step.server, step.commands, options, sightings, step.id);
  if (commands.kind === 'refused') return commands;
  return { kind: 'resolved', commands: commands.commands, postcondition: postcondition.condition };
}

async function resolvedPostcondition(
  { postcondition }: PlanStep<StepCommand>,
  options: PlanRunnerOptions,
  sightings: Sightings,
) {
  const sight = await lookAt(serversOfPostcondition(postcondition), options, sightings);
  return resolvePostcondition(postcondition, sight);
}

export async function resolveCommands(
  server: InstanceKey,
  commands: readonly StepCommand[],
  options: PlanRunnerOptions,
  sightings: Sightings,
  step: StepId,
): Promise<
  | { readonly kind: 'resolved'; readonly commands: readonly ServerCommand[] }
  | { readonly kind: 'refused'; readonly reason: string }
> {
  const resolved: ServerCommand[] = [];
  for (const command of commands) {
    if (!isDeferred(command)) {
      resolved.push(command);
      continue;
    }
    const own = await options.servers.observe(server, VERIFY_MILLIS);
    if (own.kind === 'failed') return { kind: 'refused', reason: own.failure.text };
    if (command.kind === 'find-place') {
      const { findPlace, mayGoOn } = options;
      if (findPlace === undefined) return { kind: 'refused', reason: 'binary logs cannot be searched here' };
      const place = await findPlace(own.instance, command.within, mayGoOn);
      if (place.kind === 'failed') return { kind: 'refused', reason: place.reason };
      sightings.found.set(step, place.coordinates);
      continue;
    }
    const others = await lookAt(serversToSee(command), options, sightings);
    const resolution = resolveCommand(command, { ...others, own: own.instance });
    if (resolution.kind === 'refused') return resolution;
    resolved.push(...resolution.commands);
  }
  return { kind: 'resolved', commands: resolved };
}

async function lookAt(
  keys: readonly InstanceKey[],
  { servers }: PlanRunnerOptions,
  { after, found }: Sightings,
): Promise<Omit<Sight, 'own'>> {
  const seen = new Map<string, Instance>();
  const reads = await Promise.all(keys.map((key) => servers.observe(key, VERIFY_MILLIS)));
  for (const read of reads) if (read.kind === 'observed') seen.set(keyId(read.instance.key), read.instance);
  return {
    other: (key) => seen.get(keyId(key)) ?? null,
    after: (step) => after.get(step) ?? null,
    found: (step) => found.get(step) ?? null,
  };
}
