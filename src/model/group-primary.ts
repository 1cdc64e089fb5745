/**
 * Who is the primary of a replication group, when its members do not agree.
 *
 * They are read one after another: after an election some still name the former primary. It names itself for as long as it cannot be read,
 * when it died; and one that hung and goes on takes itself for the primary, writable, until it learns that the others have shut it out (three
 * seconds on MySQL 9.7). Each taken at its own word, one group would be drawn as two clusters, and what people gave to the cluster (alias,
 * domain) would belong to the wrong one.
 */
import type { Instance } from './instance.ts';
import { compareKeys, type InstanceKey, type KeyId, keyId, sameKey } from './instance-key.ts';
import { isGroupMember, isLastCheckValid } from './instance-status.ts';

/**
 * A member that the others have shut out sees itself alone: it knows of no primary, and of no role (`MEMBER_ROLE` is empty in state ERROR).
 * Who is primary is then what the others of its group say (spec/discovery.md 9.7).
 */
const isShutOut = (instance: Instance): boolean =>
  isGroupMember(instance) && (instance.group.memberRole === '' || instance.group.memberState === 'ERROR');

/** A primary that somebody names, how many do, and when the last of them was read. */
interface Nomination {
  readonly primary: InstanceKey;
  readonly votes: number;
  readonly lastSeen: number;
}

/**
 * The primary that most name of those whom the member takes for its group; between equals, the one named by who was read last. Null: nobody
 * says. Who has answered lately counts before who has not.
 *
 * `told`: every server of that group's name, the member itself among them, with what each said itself.
 *
 * A member whose own word is worth something, because it was read and is in a group, is judged by those alone whom it counts as members: two
 * groups that were founded by the same name do not know each other, take writes both, and must be seen as two.
 */
export function groupPrimary(member: Instance, told: readonly Instance[]): InstanceKey | null {
  const hasSay = isLastCheckValid(member) && !isShutOut(member);
  const counts = (other: Instance): boolean =>
    !hasSay || sameKey(other.key, member.key) || member.group.members.some((key) => sameKey(key, other.key));
  const voters = told.filter((other) => !isShutOut(other) && other.group.primaryKey !== null && counts(other));
  const heard = voters.filter(isLastCheckValid);
  const [first] = nominations(heard.length > 0 ? heard : voters)
    // One that was shut out is none, whatever those say who have not been read since.
    .filter(({ primary }) => !isShutOut(member) || !sameKey(primary, member.key))
    .sort(
      (one, other) =>
        other.votes - one.votes || other.lastSeen - one.lastSeen || compareKeys(one.primary, other.primary),
    );
  return first?.primary ?? null;
}

function nominations(voters: readonly Instance[]): readonly Nomination[] {
  const found = new Map<KeyId, Nomination>();
  for (const { group, lastSeen } of voters) {
    if (group.primaryKey === null) continue;
    const id = keyId(group.primaryKey);
    const known = found.get(id);
    found.set(id, {
      primary: group.primaryKey,
      votes: (known?.votes ?? 0) + 1,
      lastSeen: Math.max(known?.lastSeen ?? 0, lastSeen ?? 0),
    });
  }
  return [...found.values()];
}
