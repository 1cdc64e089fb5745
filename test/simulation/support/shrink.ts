// Makes a failing run smaller: fewer faults, and no longer than they need be, as long as the same invariant is violated.

import type { Fault, PlannedFault } from '../../../src/sim/faults.ts';
import { type RunReport, simulate } from './simulate.ts';

/** How many runs it may take. */
const MAX_RUNS = 200;

export async function shrink(failing: RunReport): Promise<RunReport> {
  const wanted = failing.violations[0]?.invariant;
  let smallest = failing;
  let runs = 0;
  const failsWith = async (faults: readonly PlannedFault[]): Promise<RunReport | null> => {
    runs += 1;
    const { seed, profile, withGtids } = failing;
    const report = await simulate({ seed, profile, withGtids, faults });
    return report.violations.some(({ invariant }) => invariant === wanted) ? report : null;
  };
  for (let changed = true; changed && runs < MAX_RUNS; ) {
    changed = false;
    for (const faults of smaller(smallest.faults)) {
      if (runs >= MAX_RUNS) break;
      const report = await failsWith(faults);
      if (report === null) continue;
      smallest = report;
      changed = true;
      break;
    }
  }
  return smallest;
}

/** Without one of the faults, and with one of them half as long. */
function* smaller(faults: readonly PlannedFault[]): Generator<readonly PlannedFault[]> {
  for (const [index] of faults.entries()) yield faults.toSpliced(index, 1);
  for (const [index, planned] of faults.entries()) {
    const fault = shorter(planned.fault);
    if (fault !== null) yield faults.with(index, { ...planned, fault });
  }
}

const SHORT_ENOUGH_MILLIS = 400;

function shorter(fault: Fault): Fault | null {
  if (!('forMillis' in fault) || fault.forMillis < SHORT_ENOUGH_MILLIS) return null;
  return { ...fault, forMillis: Math.round(fault.forMillis / 2) };
}
