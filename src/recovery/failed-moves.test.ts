/** Moves that fail after both threads of a replica were stopped for them, as on MariaDB and MySQL 5.6: it replicates on as it had. */
import { expect, it } from 'vitest';
import { sampleKey, sampleReplica, sampleServer } from '../model/topology-samples.ts';
import { has, PRIMARY_PORT } from '../planning/testing.ts';
import { deadPrimary } from './hook-testing.ts';
import { RecoveryRun } from './recovery-run.ts';
import { runTakeover } from './takeover-run.ts';
import { aRecord, RecoveryWorld } from './testing.ts';

const [PRIMARY, SUCCESSOR, SIBLING] = [PRIMARY_PORT, PRIMARY_PORT + 1, PRIMARY_PORT + 2];
const AS_BEFORE = { sourceKey: sampleKey(PRIMARY), receiverState: 'running', applierState: 'running' };

const primary = sampleServer(PRIMARY, has(100));
const successor = sampleReplica(SUCCESSOR, PRIMARY, has(100));
const sibling = sampleReplica(SIBLING, PRIMARY, has(100));

const aWorld = () => new RecoveryWorld([primary, successor, sibling], { refuses: (_, { kind }) => kind === 'follow' });

it('a sibling of a switchover', async () => {
  const world = aWorld();
  const run = new RecoveryRun(aRecord(), world.ports);
  const choice = { successor, siblings: [sibling] };
  const end = await runTakeover(run, deadPrimary(), { primary, choice, startDemoted: false, credentials: null });
  expect(end.successor).toBeNull();
  expect(world.at(SIBLING)).toMatchObject(AS_BEFORE);
});
