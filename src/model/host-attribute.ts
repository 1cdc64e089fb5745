/**
 * Facts about hosts that agents and orchestrator itself write down (spec/backend-schema.md, `host_attributes`).
 */
import type { UnixMillis } from './brand.ts';

export interface HostAttribute {
  /** `EVERY_HOST` for facts that are about no host. */
  readonly hostname: string;
  readonly name: string;
  readonly value: string;
  readonly submitted: UnixMillis | null;
  /** Null: never. Nothing that we know of writes an end (contract). */
  readonly expires: UnixMillis | null;
}

/** The host of attributes that belong to none: under a cluster's domain name, its primary. */
export const EVERY_HOST = '*';

export function compareHosts(one: Pick<HostAttribute, 'hostname'>, other: Pick<HostAttribute, 'hostname'>): number {
  if (one.hostname === other.hostname) return 0;
  return one.hostname < other.hostname ? -1 : 1;
}

/** What the columns hold. */
const CHARACTERS_MAX = 128;

/** Why an attribute cannot be kept, or null. */
export function hostAttributeRefusal(attribute: Pick<HostAttribute, 'hostname' | 'name' | 'value'>): string | null {
  for (const text of [attribute.hostname, attribute.name, attribute.value]) {
    if ([...text].length > CHARACTERS_MAX)
      return `host, name and value of an attribute have at most ${CHARACTERS_MAX} characters`;
    if (/\p{Cc}/u.test(text)) return 'host, name and value of an attribute have no control characters';
  }
  return attribute.hostname === '' || attribute.name === '' ? 'an attribute has a host and a name' : null;
}
