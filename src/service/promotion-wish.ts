/** Whom a failover has to promote when one of two primaries that replicate from each other dies (A15; spec/recovery.md 3.2): as the recovery itself has it. */
import type { Instance } from '../model/instance.ts';
import { type InstanceKey, instanceKeyText, sameKey } from '../model/instance-key.ts';
import type { Topology } from '../model/topology.ts';
import type { IfPrimaryDied } from '../planning/if-primary-died.ts';
import type { RecoveryPorts } from '../recovery/recovery-ports.ts';
import { type Outcome, ok, refused } from './calls.ts';

export interface WishParts {
  readonly picture: { readonly topology: Pick<Topology, 'get'> };
  readonly ports: Pick<RecoveryPorts, 'policy'>;
}

type Wish = Pick<IfPrimaryDied, 'designated' | 'keepsSource'>;

/** `designated`: whom a person wants; refused where it has to be another one. */
export function promotionWish(
  { picture, ports }: WishParts,
  primary: Instance,
  designated: InstanceKey | null,
): Outcome<Wish> {
  const { sourceKey, isCoPrimary } = primary;
  const other = isCoPrimary && sourceKey !== null ? picture.topology.get(sourceKey) : undefined;
  if (other === undefined) return ok({ designated, keepsSource: null });
  const mustBeOther = ports.policy().coPrimaryMustBeOther || !other.readOnly;
  if (mustBeOther && designated !== null && !sameKey(designated, other.key)) {
    const text = `${instanceKeyText(designated)} cannot be promoted: ${instanceKeyText(other.key)} replicates with ${instanceKeyText(primary.key)} from each other, and has to be (CoMasterRecoveryMustPromoteOtherCoMaster)`;
    return refused('designated-refused', text);
  }
  return ok({ designated: mustBeOther ? other.key : designated, keepsSource: other.key });
}
