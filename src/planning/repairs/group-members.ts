/** Which member of a replication group takes over the asynchronous replicas of one that is dead (spec/recovery.md 3.4). Pure. */
import type { Instance } from '../../model/instance.ts';
import { compareKeys, sameKey } from '../../model/instance-key.ts';
import { isGroupPrimary, isLastCheckValid } from '../../model/instance-status.ts';

/** Of the contract: a member that takes part in its group. */
const ONLINE = 'ONLINE';

/** The best first; those that cannot take them are left out. `members`: as they were last seen, the dead one among them or not. */
export function membersForReplicas(failed: Instance, members: readonly Instance[]): readonly Instance[] {
  return members
    .filter(({ key }) => !sameKey(key, failed.key))
    .filter((member) => isLastCheckValid(member) && member.group.memberState === ONLINE)
    .filter((member) => member.group.name === failed.group.name && member.logBinEnabled)
    .sort((one, other) => compareMembers(one, other, failed));
}

/** In its place before elsewhere; secondaries, which take no writes, before the primary; who has fewer replicas first. Strict (C16). */
const compareMembers = (one: Instance, other: Instance, failed: Instance): number =>
  Number(isInPlaceOf(other, failed)) - Number(isInPlaceOf(one, failed)) ||
  Number(isGroupPrimary(one)) - Number(isGroupPrimary(other)) ||
  one.replicas.length - other.replicas.length ||
  compareKeys(one.key, other.key);

const isInPlaceOf = (one: Instance, other: Instance): boolean =>
  one.dataCenter === other.dataCenter && one.physicalEnvironment === other.physicalEnvironment;
