/** Recovery of the asynchronous replicas of a dead member of a replication group: another member takes them over (spec/recovery.md 3.4). */
import type { Instance } from '../../model/instance.ts';
import { type InstanceKey, instanceKeyText } from '../../model/instance-key.ts';
import { membersForReplicas } from '../../planning/repairs/group-members.ts';
import { nobody } from '../recovery-end.ts';
import type { RecoveryRun } from '../recovery-run.ts';
import { type Attempt, hooksObject } from '../run-recovery.ts';
import { notKnown, signOfLife, stillAlive } from '../sign-of-life.ts';
import { Orphans } from './orphans.ts';
import { repaired } from './repaired.ts';

const MEMBER_LOOK_MILLIS = 1_000;

/** A member below which some cannot go is followed by the next, at most so often. */
const MAX_MEMBERS = 3;

const NAME = 'RecoverDeadReplicationGroupMemberWithReplicas';

export const recoverDeadGroupMember: Attempt = async (run, incident, { forced }) => {
  const { entry } = incident;
  const objection = await hooksObject(run, incident);
  if (objection !== null) return nobody(objection);
  const failed = run.ports.known.get(entry.key);
  if (failed === undefined) return notKnown(entry);
  const alive = await signOfLife(run, entry, forced);
  if (alive !== null) return stillAlive(run, entry, alive);
  run.say(`${NAME}: will recover ${instanceKeyText(entry.key)}`);
  const members = membersForReplicas(failed, await seenMembers(run, failed)).slice(0, MAX_MEMBERS);
  if (members.length === 0) {
    const reason = `${NAME}: unable to find a candidate group member to relocate replicas to`;
    run.fail(reason);
    return nobody(reason);
  }
  const orphans = new Orphans(run, failed.key);
  orphans.sayUnreachable();
  const participants: InstanceKey[] = [];
  let taker: InstanceKey | null = null;
  for (const { key } of members) {
    if (orphans.reachable.length === 0 || !run.mayGoOn()) break;
    participants.push(key);
    const { done } = await orphans.goBelow(key);
    if (done.length > 0) taker ??= key;
  }
  const left = orphans.reachable.map(({ key }) => instanceKeyText(key));
  const successor = taker === null ? undefined : run.ports.known.get(taker);
  if (successor === undefined || left.length > 0) {
    const reason = `${NAME}: could not relocate all replicas of ${instanceKeyText(failed.key)}; left: ${left.join(', ')}`;
    run.fail(reason);
    return nobody(reason, participants);
  }
  return repaired(run, incident, { successor, participants, hooks: 'PostIntermediateMasterFailoverProcesses' });
};

/** Its health is looked at now: the group may be losing more than one. */
async function seenMembers(run: RecoveryRun, failed: Instance): Promise<readonly Instance[]> {
  const looks = await Promise.all(
    failed.group.members.map((key) => run.ports.servers.observe(key, MEMBER_LOOK_MILLIS)),
  );
  return looks.flatMap((look) => (look.kind === 'observed' ? [look.instance] : []));
}
