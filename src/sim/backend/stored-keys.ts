/**
 * Instance keys as they come back from a row: host and port and nothing else, lists sorted.
 */
import { compareKeys, type InstanceKey } from '../../model/instance-key.ts';

export const storedKey = ({ hostname, port }: InstanceKey): InstanceKey => ({ hostname, port });

/** The columns hold lists sorted; code that relied on the order it gave would work here and fail on a real backend. */
export const storedKeys = (keys: readonly InstanceKey[]): readonly InstanceKey[] =>
  keys.map(storedKey).sort(compareKeys);

/** An empty host in a column means "no server". */
export const storedKeyOrNull = (key: InstanceKey | null): InstanceKey | null =>
  key === null || key.hostname === '' ? null : storedKey(key);
