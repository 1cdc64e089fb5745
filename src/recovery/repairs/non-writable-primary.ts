/**
 * A primary that is alive and read-only takes writes again (spec/recovery.md 3.5; A23). Not where another server takes them: whoever was replaced and comes back
 * read-only looks just like it (12.2 #12).
 */
import type { Instance } from '../../model/instance.ts';
import { type InstanceKey, instanceKeyText, sameKey } from '../../model/instance-key.ts';
import { isLastCheckValid, isReplica } from '../../model/instance-status.ts';
import { nobody } from '../recovery-end.ts';
import type { RecoveryRun } from '../recovery-run.ts';
import { type Attempt, hooksObject } from '../run-recovery.ts';
import { repaired } from './repaired.ts';

const LOOK_MILLIS = 1_000;

export const recoverNonWritablePrimary: Attempt = async (run, incident) => {
  const { key } = incident.entry;
  const name = instanceKeyText(key);
  const objection = await hooksObject(run, incident);
  if (objection !== null) return nobody(objection);
  run.say(`recover-non-writeable-master: will make ${name} writable`);
  const refusal = await writableRefusal(run, key);
  if (refusal !== null) {
    run.fail(refusal);
    return nobody(refusal);
  }
  const { problems } = await run.operate({ kind: 'set-read-only', key, readOnly: false });
  const seen = await run.ports.servers.observe(key, LOOK_MILLIS);
  if (seen.kind === 'failed' || seen.instance.readOnly) {
    return nobody(problems[0]?.text ?? `${name} is still read-only`, [key]);
  }
  return repaired(run, incident, { successor: seen.instance, participants: [key], hooks: null });
};

/** Why it must not take writes; null: nothing speaks against it. */
async function writableRefusal(run: RecoveryRun, key: InstanceKey): Promise<string | null> {
  const { servers, known } = run.ports;
  const name = instanceKeyText(key);
  const seen = await servers.observe(key, LOOK_MILLIS);
  if (seen.kind === 'failed') return `${name} does not answer: ${seen.failure.text}`;
  if (isReplica(seen.instance)) return `${name} is a replica by now`;
  const others = known.cluster(seen.instance.clusterName).filter((other) => !sameKey(other.key, key));
  const writer = others.find(takesWrites);
  if (writer !== undefined) return `${instanceKeyText(writer.key)} of its cluster takes writes`;
  const successor = await standingSuccessor(run, key);
  return successor === null ? null : `${name} was replaced by ${instanceKeyText(successor)}, which takes writes`;
}

const takesWrites = (instance: Instance): boolean =>
  isLastCheckValid(instance) && !instance.readOnly && (!isReplica(instance) || instance.isCoPrimary);

/** Of its last replacement. Null: it was not replaced, or whoever has taken its place has lost it since. */
async function standingSuccessor({ ports }: RecoveryRun, key: InstanceKey): Promise<InstanceKey | null> {
  const records = await ports.store.recoveries({});
  const last = records.find(
    ({ digest, successorKey, isSuccessful }) =>
      isSuccessful && sameKey(digest.key, key) && successorKey !== null && !sameKey(successorKey, key),
  );
  const successor = last?.successorKey ?? null;
  const instance = successor === null ? undefined : ports.known.get(successor);
  return instance !== undefined && takesWrites(instance) ? instance.key : null;
}
