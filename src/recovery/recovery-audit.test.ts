/** Lines of the general audit about recoveries (spec/recovery.md 9.4). */
import { expect, it } from 'vitest';
import { sampleServer } from '../model/topology-samples.ts';
import { PRIMARY_PORT } from '../planning/testing.ts';
import { downtimeLost } from './lost-servers.ts';
import { auditBegin, auditEnd } from './recovery-audit.ts';
import { nobody, outcomeWith } from './recovery-end.ts';
import { RecoveryRun } from './recovery-run.ts';
import { ROUTINES } from './routines.ts';
import { aRecord, RecoveryWorld } from './testing.ts';

const successor = sampleServer(PRIMARY_PORT + 1);
const good = { successor, reason: '', outcome: outcomeWith(successor, {}) };
const SUCCESSOR = `127.0.0.1:${PRIMARY_PORT + 1}`;

async function audited(type: string | null, end: Parameters<typeof auditEnd>[2]): Promise<readonly string[]> {
  const world = new RecoveryWorld([]);
  const run = new RecoveryRun(aRecord(), world.ports);
  auditBegin(run, type);
  await auditEnd(run, type, end);
  return world.audited;
}

it.each([
  ['dead-primary', `recover-dead-master: promoted replica: ${SUCCESSOR}`, 'Failure: no replica promoted.'],
  ['dead-co-primary', `recover-dead-co-master: promoted: ${SUCCESSOR}`, 'Failure: no replica promoted.'],
  ['dead-intermediate-primary', `recover-dead-intermediate-master: recovered: ${SUCCESSOR}`, 'Failure: nobody is near'],
] as const)('of a recovery of %s tell of its beginning and its end', async (routine, promoted, failed) => {
  const type = ROUTINES[routine].auditType;
  expect(await audited(type, good)).toEqual([`${type}: problem found; will recover`, promoted]);
  expect((await audited(type, nobody('nobody is near'))).at(-1)).toBe(`${type}: ${failed}`);
});

it('of a repair of semi-sync there are none', async () => {
  expect(await audited(ROUTINES['locked-semi-sync'].auditType, good)).toEqual([]);
});

it('D7: whoever is left behind is downtimed, and that is told', async () => {
  const world = new RecoveryWorld([sampleServer(PRIMARY_PORT)]);
  await downtimeLost([sampleServer(PRIMARY_PORT).key], world.ports);
  expect(world.audited).toEqual(['begin-downtime: owner: orchestrator, reason: lost-in-recovery']);
});
