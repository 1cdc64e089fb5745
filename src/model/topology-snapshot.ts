/**
 * What is kept of a topology for later: who replicated from whom, in which cluster, and the drawing of it (spec/cli.md 3.2 "History").
 */
import { blankInstance } from './blank-instance.ts';
import type { ClusterName } from './brand.ts';
import type { Instance } from './instance.ts';
import { type InstanceKey, instanceKeyText, type KeyId, keyId, sameKey } from './instance-key.ts';
import { type TextTreeRow, textTreeRows } from './text-tree.ts';

/** One server of a snapshot. */
export interface SnapshotServer {
  readonly key: InstanceKey;
  readonly sourceKey: InstanceKey | null;
  readonly clusterName: ClusterName;
  readonly version: string;
}

export const snapshotServerOf = ({ key, sourceKey, clusterName, version }: Instance): SnapshotServer => ({
  key,
  sourceKey,
  clusterName,
  version,
});

/** A cluster of today, or what somebody calls one: `hint` as said, `name` and `members` as known now. */
export interface ClusterSought {
  readonly hint: string;
  readonly name: ClusterName | null;
  readonly members: readonly InstanceKey[];
}

/**
 * Which cluster of a snapshot is meant. A failover gives a cluster the name of its new primary, so that today's name is often not yesterday's: the
 * one of the name that was said; else the one in which the server of that name was; else the one with today's name; else the one in which most of
 * today's members were. Null: none of them was there.
 */
export function clusterOfSnapshot(servers: readonly SnapshotServer[], sought: ClusterSought): ClusterName | null {
  const named = (name: string | null) => servers.find(({ clusterName }) => clusterName === name)?.clusterName;
  const ofServer = servers.find(({ key }) => instanceKeyText(key) === sought.hint)?.clusterName;
  return named(sought.hint) ?? ofServer ?? named(sought.name) ?? clusterOfMost(servers, sought.members);
}

function clusterOfMost(servers: readonly SnapshotServer[], members: readonly InstanceKey[]): ClusterName | null {
  const ids = new Set(members.map(keyId));
  const counts = new Map<ClusterName, number>();
  for (const { key, clusterName } of servers) {
    if (ids.has(keyId(key))) counts.set(clusterName, (counts.get(clusterName) ?? 0) + 1);
  }
  const most = Math.max(...counts.values());
  return [...counts].find(([, count]) => count === most)?.[0] ?? null;
}

/**
 * The tree of the servers, no more than a mark and the key a line: a snapshot knows nothing of how they were. Tabulated: one column, padded. Lines
 * joined by LF, no final LF.
 */
export function snapshotText(servers: readonly SnapshotServer[], form: 'plain' | 'tabulated'): string {
  const lines = everyTree(asInstances(servers)).map(
    ({ instance, depth }) => `${depth === 0 ? '' : `${'  '.repeat(depth - 1)}- `}${instanceKeyText(instance.key)}`,
  );
  if (form === 'plain') return lines.join('\n');
  const width = Math.max(0, ...lines.map((line) => line.length));
  return lines.map((line) => line.padEnd(width)).join('\n');
}

function asInstances(servers: readonly SnapshotServer[]): Instance[] {
  const sources = new Map<KeyId, InstanceKey | null>(servers.map(({ key, sourceKey }) => [keyId(key), sourceKey]));
  return servers.map(({ key, sourceKey, clusterName }) => ({
    ...blankInstance(key),
    sourceKey,
    clusterName,
    isCoPrimary: sourceKey !== null && sameKey(sources.get(keyId(sourceKey)), key),
  }));
}

/** Of several servers without a source the contract's tree shows the last one alone; of the past nobody may be missing. */
function everyTree(instances: readonly Instance[]): TextTreeRow[] {
  const trees: TextTreeRow[][] = [];
  let rest = instances;
  while (rest.length > 0) {
    const rows = textTreeRows(rest);
    const drawn = new Set(rows.map(({ instance }) => keyId(instance.key)));
    if (drawn.size === 0) break;
    trees.unshift(rows);
    rest = rest.filter(({ key }) => !drawn.has(keyId(key)));
  }
  return trees.flat();
}
