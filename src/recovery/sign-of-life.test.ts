/** The last look at a primary before anybody takes its place. */
import { expect, it } from 'vitest';
import { aPrimaryWith, down, NOW, reconnecting } from '../analysis/testing.ts';
import { keyId } from '../model/instance-key.ts';
import type { TopologyServers } from '../ports/topology-servers.ts';
import { hookStepId } from './hook-journal.ts';
import { RecoveryRun } from './recovery-run.ts';
import { signOfLife } from './sign-of-life.ts';
import { aRecord, RecoveryWorld } from './testing.ts';

const [PRIMARY, REPLICAS] = [22293, [22294, 22295]];

/** Its replicas were read while they missed it, and hear it by now; it does not answer us. */
function heardAgain() {
  const alive = aPrimaryWith(REPLICAS.length);
  const missed = alive.with(PRIMARY, down).withEach(REPLICAS, reconnecting);
  const world = new RecoveryWorld([]);
  const clock = { ...world.ports.clock, now: () => NOW };
  const servers: TopologyServers = {
    ...world.ports.servers,
    async observe(key, _deadlineMillis, maxAgeMillis = 0) {
      const { instances } = maxAgeMillis > 0 ? missed : alive;
      const instance = instances.find((one) => keyId(one.key) === keyId(key));
      if (instance === undefined || key.port === PRIMARY) return silent;
      return { kind: 'observed', instance };
    },
  };
  return { run: new RecoveryRun(aRecord(), { ...world.ports, servers, clock }), entry: missed.entryOf(PRIMARY) };
}

const silent = { kind: 'failed', failure: { kind: 'timeout', phase: 'connect', text: 'i/o timeout' } } as const;

it('A1: replicas that were read a moment ago, for the conclusion, are not asked again', async () => {
  const { run, entry } = heardAgain();
  expect(await signOfLife(run, entry, false)).toBeNull();
});

it('A8, B9: what replicas said before a hook counts no more after it, however short it was', async () => {
  const { run, entry } = heardAgain();
  await run.notesHook(hookStepId('PreFailoverProcesses', 0), 'intended', '');
  await run.notesHook(hookStepId('PreFailoverProcesses', 0), 'done', '');
  expect(await signOfLife(run, entry, false)).toContain('not proven dead any more');
});
