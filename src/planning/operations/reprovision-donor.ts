/**
 * Who gives its data to a server that is provisioned anew: the one that was named, or is refused with its reason; else the best replica of the cluster. Whom nobody loads
 * comes first, the primary last: a copy of everything costs a server its disks and its network for hours.
 */
import type { Instance } from '../../model/instance.ts';
import { compareKeys, type InstanceKey, instanceKeyText, sameKey } from '../../model/instance-key.ts';
import {
  hasReasonableMaintenanceLag,
  hasSeveralSources,
  isGroupMember,
  isReplica,
} from '../../model/instance-status.ts';
import { comparePromotionRules } from '../../model/promotion-rule.ts';
import { parseServerVersion } from '../../model/server-version.ts';
import { cloneVersionRefusal } from '../clone-versions.ts';
import { purgedAndMissing } from '../gtid-progress.ts';
import { lostText } from '../lost-data.ts';
import { cannotMoveAtAll } from './move-rules.ts';
import type { OperationFacts } from './operation-facts.ts';
import { type OperationRefusal, refuse } from './operation-plan.ts';
import type { ReprovisionFacts } from './reprovision-facts.ts';

export interface DonorWish {
  readonly recipient: Instance;
  readonly primary: Instance;
  readonly method: 'clone' | 'hooks';
  readonly named: InstanceKey | null;
  readonly facts: OperationFacts;
  readonly known: ReprovisionFacts;
}

export type DonorChoice =
  | {
      readonly kind: 'chosen';
      readonly donor: Instance;
      /** One clause. */
      readonly because: string;
      readonly warnings: readonly string[];
    }
  | OperationRefusal;

export function chooseDonor(wish: DonorWish): DonorChoice {
  return wish.named === null ? bestDonor(wish) : namedDonor(wish.named, wish);
}

function namedDonor(named: InstanceKey, wish: DonorWish): DonorChoice {
  const donor = wish.facts.topology.get(named);
  if (donor === undefined) return refuse('not-found', `Error reading ${instanceKeyText(named)}`);
  const refusal = donorRefusal(donor, wish);
  if (refusal !== null) return cannotGive(donor, refusal);
  return { kind: 'chosen', donor, because: 'it was named', warnings: warningsOf(donor, wish) };
}

function bestDonor(wish: DonorWish): DonorChoice {
  const { facts, recipient } = wish;
  const others = facts.topology.cluster(wish.primary.clusterName).filter(({ key }) => !sameKey(key, recipient.key));
  const judged = others.map((donor) => ({ donor, refusal: donorRefusal(donor, wish) ?? automaticRefusal(donor) }));
  const [best, second] = judged
    .filter(({ refusal }) => refusal === null)
    .map(({ donor }) => donor)
    .sort((one, other) => compareDonors(one, other, wish));
  if (best === undefined) {
    const why = judged.map(({ donor, refusal }) => `${instanceKeyText(donor.key)}: ${refusal?.why ?? ''}`).join('; ');
    return refuse('no-donor', `nobody can give its data to ${instanceKeyText(recipient.key)}: ${why}`);
  }
  const because = second === undefined ? `nobody else can be: ${excusesOf(judged)}` : whyBefore(best, second, wish);
  return { kind: 'chosen', donor: best, because, warnings: warningsOf(best, wish) };
}

interface Judged {
  readonly donor: Instance;
  readonly refusal: DonorRefusal | null;
}

const excusesOf = (judged: readonly Judged[]): string => {
  const refused = judged.flatMap(({ donor, refusal }) =>
    refusal === null ? [] : [`${instanceKeyText(donor.key)}: ${refusal.why}`],
  );
  return refused.length === 0 ? 'there are no others' : refused.join('; ');
};

interface DonorRefusal {
  readonly code: string;
  readonly why: string;
}

const because = (code: string, why: string): DonorRefusal => ({ code, why });

const cannotGive = (donor: Instance, { code, why }: DonorRefusal): OperationRefusal =>
  refuse(code, `${instanceKeyText(donor.key)} cannot be the donor: ${why}`);

/** Null: it can, by what is known. */
function donorRefusal(donor: Instance, wish: DonorWish): DonorRefusal | null {
  const { recipient, primary, facts, method } = wish;
  if (sameKey(donor.key, recipient.key))
    return because('donor-is-recipient', 'it is the very server that is provisioned');
  const unread = cannotMoveAtAll(donor, facts);
  if (unread !== null) return because(unread.code, unread.text);
  if (donor.isBinlogServer) return because('binlog-server', 'it is a binlog server, and has no data');
  if (isGroupMember(donor)) return because('group-member', 'it is a member of a replication group');
  return stateRefusal(donor, primary) ?? (method === 'clone' ? cloneRefusal(donor, wish) : null);
}

/** What is copied from it must be what the cluster has, and no more. */
function stateRefusal(donor: Instance, primary: Instance): DonorRefusal | null {
  if (sameKey(donor.key, primary.key)) return null;
  const runs = isReplica(donor) && donor.receiverState === 'running' && donor.applierState === 'running';
  if (!runs) return because('donor-not-replicating', 'it does not replicate');
  if (hasSeveralSources(donor)) return because('several-sources', 'it replicates from several sources');
  const top = instanceKeyText(primary.key);
  // It was read before the primary: what it has more is its own.
  const errant = lostText(donor, primary);
  if (errant === null) return because('no-gtid', `it cannot be compared with ${top} by GTID`);
  if (errant !== '') return because('donor-errant', `it has itself what ${top} has not: ${errant}`);
  const purged = purgedAndMissing(primary, donor);
  return purged === '' ? null : because('purged', `${top} has purged what it lacks: ${purged}`);
}

function cloneRefusal(donor: Instance, { recipient, known }: DonorWish): DonorRefusal | null {
  const [own, other] = [recipient, donor].map((one) => parseServerVersion(one.version, one.versionComment));
  const version = own === undefined || other === undefined ? null : cloneVersionRefusal(own, other);
  if (version !== null) return because('clone-version', version);
  if (!donor.usingOracleGtid && !donor.supportsOracleGtid) return because('no-gtid', 'it does not use GTID');
  // The statement takes no such address (manual, "Cloning Remote Data").
  if (donor.key.hostname.includes(':')) return because('ipv6-address', 'CLONE takes no IPv6 address');
  const reading = known.clone(donor.key);
  if (reading === null) return null;
  if (reading.kind === 'failed') return because('cannot-read', reading.failure.text);
  if (reading.kind === 'without') return because('no-clone', 'it has no CLONE plugin');
  const { plugin, mayDonate, mayInstall } = reading.facts;
  if (mayDonate === false) return because('privilege', 'our account lacks BACKUP_ADMIN there');
  if (plugin === 'inactive') return because('clone-plugin', 'its CLONE plugin is disabled');
  return plugin === 'missing' && mayInstall === false
    ? because('clone-plugin', 'it has no CLONE plugin, and our account may not install it (INSERT on mysql.plugin)')
    : null;
}

/** Who is not chosen unless it is named. */
function automaticRefusal({ sqlDelaySeconds }: Instance): DonorRefusal | null {
  return sqlDelaySeconds > 0 ? because('delayed', `it is delayed by ${sqlDelaySeconds} seconds`) : null;
}

/** A reason to take one before another: whoever has the greater number comes first. */
interface Preference {
  readonly of: (donor: Instance, wish: DonorWish) => number;
  readonly text: (donor: Instance, other: Instance, wish: DonorWish) => string;
}

const isPrimary = (donor: Instance, { primary }: DonorWish): boolean => sameKey(donor.key, primary.key);

const gives = (donor: Instance, { known, recipient }: DonorWish): number =>
  known.records.filter((record) => sameKey(record.donor, donor.key) && !sameKey(record.key, recipient.key)).length;

const hasPlugin = ({ key }: Instance, { known }: DonorWish): boolean => {
  const reading = known.clone(key);
  return reading?.kind === 'read' && reading.facts.plugin === 'active';
};

const ruleOf = ({ key }: Instance, { facts }: DonorWish) => facts.rules.promotion.promotionRule(key);

const PREFERENCES: readonly Preference[] = [
  { of: (donor, wish) => Number(!isPrimary(donor, wish)), text: () => 'it is not the primary' },
  {
    of: (donor, { facts }) => Number(hasReasonableMaintenanceLag(donor, facts.rules)),
    text: (_donor, other) => `${instanceKeyText(other.key)} lags`,
  },
  {
    of: (donor, wish) => -gives(donor, wish),
    text: (_donor, other) => `${instanceKeyText(other.key)} gives its data to somebody else`,
  },
  {
    of: ({ dataCenter }, { recipient }) => Number(dataCenter === recipient.dataCenter),
    text: ({ dataCenter }) => `it is in the same data center${dataCenter === '' ? '' : ` (${dataCenter})`}`,
  },
  {
    of: (donor, wish) => comparePromotionRules(ruleOf(donor, wish), 'must'),
    text: (donor, _other, wish) => `nobody loads it: its promotion rule is ${ruleOf(donor, wish)}`,
  },
  {
    of: ({ key }, { facts }) => -facts.topology.replicasOf(key).length,
    text: () => 'fewer servers replicate from it',
  },
  { of: (donor, wish) => Number(hasPlugin(donor, wish)), text: () => 'it has the CLONE plugin already' },
];

function compareDonors(one: Instance, other: Instance, wish: DonorWish): number {
  const difference = PREFERENCES.map(({ of }) => of(other, wish) - of(one, wish)).find((found) => found !== 0);
  return difference ?? compareKeys(one.key, other.key);
}

/** What decided between the first two. */
function whyBefore(best: Instance, second: Instance, wish: DonorWish): string {
  const decisive = PREFERENCES.find(({ of }) => of(best, wish) !== of(second, wish));
  const other = instanceKeyText(second.key);
  return decisive === undefined
    ? `it comes first by name, ${other} would do as well`
    : `${decisive.text(best, second, wish)}; else it would be ${other}`;
}

function warningsOf(donor: Instance, wish: DonorWish): readonly string[] {
  const key = instanceKeyText(donor.key);
  const { sqlDelaySeconds } = donor;
  return [
    ...(isPrimary(donor, wish) ? [`${key} is the primary: reading all its data loads it meanwhile`] : []),
    ...(sqlDelaySeconds > 0
      ? [`${key} is delayed by ${sqlDelaySeconds} seconds: what it lacks is replicated afterwards`]
      : []),
    ...(gives(donor, wish) > 0
      ? [`${key} gives its data to another server: it refuses a second clone at the same time`]
      : []),
  ];
}
