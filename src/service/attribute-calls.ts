/**
 * Attributes of hosts, and the one that is about a cluster: under its domain name, who its primary is (spec/backend-schema.md, `host_attributes`).
 */
import type { ClusterName } from '../model/brand.ts';
import { EVERY_HOST, hostAttributeRefusal } from '../model/host-attribute.ts';
import { instanceKeyText } from '../model/instance-key.ts';
import type { Topology } from '../model/topology.ts';
import { writablePrimariesOf } from '../model/topology-queries.ts';
import type { Clock } from '../ports/clock.ts';
import type { HostAttributeStore } from '../ports/decision-store.ts';
import { type AttributeCalls, type Outcome, ok, refused } from './calls.ts';
import type { Names } from './names.ts';

export interface AttributeParts {
  readonly topology: Topology;
  readonly names: Pick<Names, 'domains'>;
  readonly store: HostAttributeStore;
  readonly clock: Clock;
}

/** Who asks by the domain name of the cluster must hear of a new primary (spec/recovery.md 7): `to` is its key, and the cluster's new name. */
export async function primaryMoved(
  { names, store, clock }: Pick<AttributeParts, 'names' | 'store' | 'clock'>,
  from: ClusterName,
  to: ClusterName,
): Promise<void> {
  const domain = names.domains.get(from) ?? '';
  if (domain !== '') await store.setHostAttribute({ hostname: EVERY_HOST, name: domain, value: to }, clock.now());
}

export function attributeCalls(parts: AttributeParts): AttributeCalls {
  const { topology, names, store, clock } = parts;
  const domainOf = (name: ClusterName): Outcome<string> => {
    const domain = names.domains.get(name) ?? '';
    return domain === '' ? refused('no-domain', `Cannot find domain name for cluster ${name}`) : ok(domain);
  };
  return {
    async setHostAttribute(attribute) {
      const reason = hostAttributeRefusal(attribute);
      if (reason !== null) return refused('unstorable-attribute', reason);
      await store.setHostAttribute(attribute, clock.now());
      return ok(true);
    },
    hostAttributes: (name) => store.loadHostAttributes(name),
    async domainInstance(name) {
      const domain = domainOf(name);
      if (domain.kind === 'refused') return domain;
      const stored = (await store.loadHostAttributes(domain.value)).find(({ hostname }) => hostname === EVERY_HOST);
      if (stored !== undefined) return ok(stored.value);
      return refused(
        'nothing-stored',
        `No instance is stored under ${domain.value}, the domain name of cluster ${name}`,
      );
    },
    async setDomainInstance(name) {
      const domain = domainOf(name);
      if (domain.kind === 'refused') return domain;
      const primaries = writablePrimariesOf(topology, name);
      const [primary] = primaries;
      if (primary === undefined || primaries.length > 1) {
        return refused('no-single-primary', `Found ${primaries.length} potential master for cluster ${name}`);
      }
      const value = instanceKeyText(primary.key);
      await store.setHostAttribute({ hostname: EVERY_HOST, name: domain.value, value }, clock.now());
      return ok(value);
    },
  };
}
