/** A promotion that had begun when its node died is brought to its end, from whatever is seen of the server. */
import { expect, it } from 'vitest';
import { sampleReplica } from '../model/topology-samples.ts';
import { at, has, PRIMARY_PORT } from '../planning/testing.ts';
import { completePromotion } from './complete-promotion.ts';
import { RecoveryRun } from './recovery-run.ts';
import { aRecord, RecoveryWorld } from './testing.ts';

const [FAILED, PROMOTED] = [PRIMARY_PORT, PRIMARY_PORT + 1];

async function completed(code: string) {
  const other = { ...has(100), readOnly: true, isCoPrimary: true };
  const world = new RecoveryWorld([
    sampleReplica(FAILED, PROMOTED, { isCoPrimary: true }),
    sampleReplica(PROMOTED, FAILED, other),
  ]);
  const record = aRecord();
  const run = new RecoveryRun({ ...record, digest: { ...record.digest, key: at(FAILED), code } }, world.ports);
  return { problem: await completePromotion(run, at(PROMOTED)), told: world.told };
}

it('forgets its source and takes writes', async () => {
  const { problem, told } = await completed('DeadMaster');
  expect([problem, told]).toEqual([null, [`${PROMOTED} forget-source`, `${PROMOTED} set-read-only`]]);
});

it('A15: keeps its configuration towards the other of two that replicated from each other', async () => {
  const { problem, told } = await completed('DeadCoMaster');
  expect([problem, told]).toEqual([null, [`${PROMOTED} stop-replication`, `${PROMOTED} set-read-only`]]);
});
