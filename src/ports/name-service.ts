/**
 * The name service of the network, as host names are resolved with it. The pretended world has none.
 */
import type { InstanceKey } from '../model/instance-key.ts';

export interface NameService {
  /** IPv4 preferred. Null: no such host, or no answer. */
  address(hostname: string): Promise<string | null>;
  /** Without a trailing dot; a name without an alias is its own canonical name. Null likewise. */
  canonicalName(hostname: string): Promise<string | null>;
  /** Whether somebody listens there. Null: yes, else what was in the way, such as `connection refused`. */
  reach(key: InstanceKey, timeoutMillis: number): Promise<string | null>;
}
