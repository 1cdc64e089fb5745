/** Runs the plan of an operation, and the plans that come after it: those that need the ones before them only once these have gone well. */
import { keyId } from '../model/instance-key.ts';
import { type OperationPlan, plansOf } from '../planning/operations/operation-plan.ts';
import { both, NOTHING_DONE, notBegun, type OperationEnd } from './operation-end.ts';
import type { OperationPorts } from './operation-ports.ts';
import { OperationRun, type RunOptions } from './operation-run.ts';

export async function runOperation(
  plan: OperationPlan,
  ports: OperationPorts,
  options: RunOptions,
): Promise<OperationEnd> {
  const ends: OperationEnd[] = [];
  const groups = independentParts(plan);
  for (const parts of groups) {
    const end = await runParts(parts, ports, options);
    // Of several moves that do not need each other, one that could not begin is told as its servers.
    ends.push(groups.length > 1 ? failureAsLanes(end, parts) : end);
  }
  return ends.reduce(both);
}

/** Parts that need those before them stay together. */
function independentParts(plan: OperationPlan): readonly (readonly OperationPlan[])[] {
  const groups: OperationPlan[][] = [];
  for (const part of plansOf(plan)) {
    const group = groups.at(-1);
    if (group === undefined || part.startsAnyway === true) groups.push([part]);
    else group.push(part);
  }
  return groups;
}

/** One after another, as long as all has gone well. */
async function runParts(
  [first, ...others]: readonly OperationPlan[],
  ports: OperationPorts,
  options: RunOptions,
): Promise<OperationEnd> {
  if (first === undefined) return NOTHING_DONE;
  const end = await new OperationRun(first, ports, options).run();
  if (others.length === 0) return end;
  const isWhole = end.failure === null && end.lanes.every(({ kind }) => kind === 'done');
  if (isWhole) return both(end, await runParts(others, ports, options));
  const told = new Set(end.lanes.map(({ lane }) => keyId(lane.server)));
  const untouched = others
    .flatMap(({ lanes }) => lanes)
    .filter(({ server }) => !told.has(keyId(server)))
    .map((lane) => notBegun(lane, 'not begun: what comes before it has failed'));
  return { ...end, lanes: [...end.lanes, ...untouched] };
}

function failureAsLanes(end: OperationEnd, [first]: readonly OperationPlan[]): OperationEnd {
  const { failure } = end;
  if (failure === null || first === undefined) return end;
  const told = new Set(end.lanes.map(({ lane }) => keyId(lane.server)));
  const untouched = first.lanes.filter(({ server }) => !told.has(keyId(server))).map((lane) => notBegun(lane, failure));
  return { ...end, lanes: [...untouched, ...end.lanes], failure: null };
}
