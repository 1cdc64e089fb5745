/**
 * One of two primaries that replicate from each other has died (spec/recovery.md 3.2): the other one is the primary, and gets the replicas of the dead one. It keeps its configuration towards it,
 * so that the two are seen as what they were; its receiver is stopped.
 */
import { type InstanceKey, instanceKeyText, sameKey } from '../model/instance-key.ts';
import { afterPromotion } from './after-promotion.ts';
import { promoteSuccessor } from './promote.ts';
import { nobody } from './recovery-end.ts';
import { type Attempt, hooksObject } from './run-recovery.ts';
import { notKnown, signOfLife, stillAlive } from './sign-of-life.ts';

const NAME = 'RecoverDeadCoMaster';

export const recoverDeadCoPrimary: Attempt = async (run, incident, { forced }) => {
  const { entry } = incident;
  const { known, policy } = run.ports;
  const failed = known.get(entry.key);
  if (failed === undefined) return notKnown(entry);
  const other = failed.sourceKey === null ? undefined : known.get(failed.sourceKey);
  if (other === undefined) {
    const reason = `${NAME}: could not read info for co-master ${textOf(failed.sourceKey)} of ${instanceKeyText(entry.key)}`;
    run.fail(reason);
    return nobody(reason);
  }
  const objection = await hooksObject(run, incident);
  if (objection !== null) return nobody(objection);
  const alive = await signOfLife(run, entry, forced);
  if (alive !== null) return stillAlive(run, entry, alive);
  run.say(`${NAME}: will recover ${instanceKeyText(entry.key)}`);
  // Beside one that takes writes already nobody else may take them.
  const mustBeOther = policy().coPrimaryMustBeOther || !other.readOnly;
  const wish = {
    designated: mustBeOther ? other.key : null,
    keepsSource: other.key,
    mayLive: false,
    madeReadOnly: false,
  };
  const result = await promoteSuccessor(run, failed, incident, wish);
  if (result.kind === 'alive') return stillAlive(run, entry, result.reason);
  if (result.kind === 'nobody') {
    run.say('Failure: no replica promoted.');
    const why = `could not manage to promote other-co-master ${instanceKeyText(other.key)}`;
    return nobody(mustBeOther ? `${NAME}: ${why}: ${result.reason}` : result.reason, [other.key]);
  }
  // Where it is somebody else, that one has no source any more, and the cluster is called after it.
  const renamesCluster = !sameKey(result.successor.key, other.key);
  const participants = [result.successor.key];
  return afterPromotion(run, { failed, promoted: result, name: NAME, renamesCluster, participants }, incident);
};

const textOf = (key: InstanceKey | null): string => (key === null ? ':0' : instanceKeyText(key));
