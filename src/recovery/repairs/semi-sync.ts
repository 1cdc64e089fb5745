/**
 * A primary whose commits wait for acknowledgements that too few replicas give, or that more give than should (spec/recovery.md 3.6; A12). The primary itself is told
 * nothing: to let its commits go would answer "committed" to sessions whose transaction is nowhere else (G4).
 */
import type { Instance } from '../../model/instance.ts';
import { type InstanceKey, instanceKeyText } from '../../model/instance-key.ts';
import { type SemiSyncMode, semiSyncActions, semiSyncReplicas } from '../../planning/semi-sync-topology.ts';
import { nobody } from '../recovery-end.ts';
import type { RecoveryRun } from '../recovery-run.ts';
import type { Attempt } from '../run-recovery.ts';
import { notKnown } from '../sign-of-life.ts';
import { repaired } from './repaired.ts';

/** A locked primary answers: only its commits wait. */
const LOOK_MILLIS = 5_000;

export const recoverLockedSemiSync: Attempt = (run, incident, request) => {
  const mode = run.ports.policy().semiSyncMode;
  return mode === null ? Promise.resolve(nobody(SWITCHED_OFF)) : repairSemiSync(mode)(run, incident, request);
};

/** Why a locked primary is left alone. */
export const SWITCHED_OFF = 'neither EnforceExactSemiSyncReplicas nor RecoverLockedSemiSyncMaster is set';

export const recoverTooManySemiSyncReplicas: Attempt = (run, incident, request) =>
  repairSemiSync('exact')(run, incident, request);

function repairSemiSync(mode: SemiSyncMode): Attempt {
  return async (run, incident) => {
    const { key } = incident.entry;
    const name = instanceKeyText(key);
    const { known, policy } = run.ports;
    const primary = await lookAt(run, key);
    if (primary === undefined) return notKnown(incident.entry);
    const replicas = await Promise.all(known.replicasOf(key).map(async (one) => (await lookAt(run, one.key)) ?? one));
    const ruleOf = policy().promotion.promotionRule;
    const sorted = semiSyncReplicas(replicas, ruleOf);
    const actions = semiSyncActions(primary, sorted, mode, ruleOf);
    sayReplicas(run, sorted);
    if (actions.length === 0) {
      const reason = `cannot determine actions based on possible semi-sync replicas; cannot recover on ${name}`;
      run.fail(reason);
      return nobody(reason);
    }
    // A replica that waits as a source itself applies nothing while nobody acknowledges to it.
    for (const { key: waiting } of replicas.filter(waitsAsSource)) {
      await run.operate({ kind: 'set-semi-sync-source', key: waiting, enabled: false });
    }
    for (const { replica, enabled } of actions) {
      const { problems } = await run.operate({ kind: 'set-semi-sync-replica', key: replica.key, enabled });
      if (problems.length > 0) return nobody(problems.map(({ text }) => text).join('; '), [key]);
    }
    // As it is now: it would be found locked once more until its next poll.
    const successor = (await lookAt(run, key)) ?? primary;
    return repaired(run, incident, { successor, participants: [key], hooks: null });
  };
}

const waitsAsSource = ({ semiSync }: Instance): boolean => semiSync.priority > 0 && semiSync.sourceEnabled;

/** What is known of one that does not answer. */
async function lookAt(run: RecoveryRun, key: InstanceKey): Promise<Instance | undefined> {
  const seen = await run.ports.servers.observe(key, LOOK_MILLIS);
  return seen.kind === 'observed' ? seen.instance : run.ports.known.get(key);
}

function sayReplicas(
  run: RecoveryRun,
  { possible, asynchronous, excluded }: ReturnType<typeof semiSyncReplicas>,
): void {
  const names = (instances: readonly Instance[]): string =>
    instances.length === 0 ? 'none' : instances.map(({ key }) => instanceKeyText(key)).join(', ');
  run.say(`semi-sync: possible replicas: ${names(possible)}`);
  run.say(`semi-sync: always-async replicas: ${names(asynchronous)}`);
  run.say(`semi-sync: excluded replicas (they do not replicate): ${names(excluded)}`);
}
