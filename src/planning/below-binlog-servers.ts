/** Who is below a primary that has binlog servers alone for replicas, and who is below those. Pure. */
import type { Instance } from '../model/instance.ts';
import { type InstanceKey, keyId } from '../model/instance-key.ts';
import { isLastCheckValid, isReplica } from '../model/instance-status.ts';

export interface DirectReplicas {
  readonly servers: readonly Instance[];
  /** Not binlog servers; none of them was readable when it was last looked at. */
  readonly others: readonly Instance[];
}

/** Null: one of its replicas that can be read is none (spec/recovery.md 3.1, the recovery's kind). */
export function binlogServersAlone(known: readonly Instance[]): DirectReplicas | null {
  const replicas = known.filter(isReplica);
  const valid = replicas.filter(isLastCheckValid);
  if (valid.length === 0 || valid.some(({ isBinlogServer }) => !isBinlogServer)) return null;
  return {
    servers: replicas.filter(({ isBinlogServer }) => isBinlogServer),
    others: replicas.filter(({ isBinlogServer }) => !isBinlogServer),
  };
}

export interface KnownBelow {
  readonly known: Instance;
  /** The one of these binlog servers through which it gets what it has. */
  readonly through: InstanceKey;
}

/** Whoever replicates from one of them, or from a binlog server behind it; not who replicates from those. */
export function serversBelow(
  servers: readonly Instance[],
  replicasOf: (key: InstanceKey) => readonly Instance[],
): readonly KnownBelow[] {
  const found: KnownBelow[] = [];
  const seen = new Set(servers.map(({ key }) => keyId(key)));
  const waiting = servers.map(({ key }) => ({ key, through: key }));
  for (const { key, through } of waiting) {
    for (const known of replicasOf(key)) {
      if (seen.has(keyId(known.key))) continue;
      seen.add(keyId(known.key));
      if (known.isBinlogServer) waiting.push({ key: known.key, through });
      else found.push({ known, through });
    }
  }
  return found;
}
