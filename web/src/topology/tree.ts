/**
 * The servers of a cluster as trees: who replicates from whom. Whatever the records claim, every server appears exactly once
 * and no loop survives: a ring of sources is cut at one server, and the cut is remembered.
 */
import type { Server, ServerKey } from '../model/server.ts';

export interface TreeNode {
  readonly server: Server;
  readonly children: readonly TreeNode[];
  /** Replicates from a server that is not below or above it in the picture: the other co-primary, or one outside the cluster. */
  readonly sourceElsewhere: ServerKey | null;
}

/**
 * Trees, the one with the cluster's primary first. `primaryFirst`: the cluster's name, which is its primary's key
 * (spec/http-api.md 3.3).
 */
export function buildForest(servers: readonly Server[], primaryFirst: string): readonly TreeNode[] {
  const byKey = new Map(servers.map((server) => [server.key, server]));
  const replicasOf = Map.groupBy(byKey.values(), (server) => server.sourceKey);
  const placed = new Set<ServerKey>();

  const grow = (server: Server, sourceElsewhere: ServerKey | null): TreeNode => {
    placed.add(server.key);
    const children = (replicasOf.get(server.key) ?? [])
      .filter((replica) => !placed.has(replica.key) && !isRoot(replica))
      .map((replica) => grow(replica, null));
    return { server, children, sourceElsewhere };
  };
  // Both co-primaries are roots: neither is below the other.
  const isRoot = (server: Server): boolean =>
    server.sourceKey === null || !byKey.has(server.sourceKey) || isInPairWith(server, byKey.get(server.sourceKey));

  const roots = [...byKey.values()].filter(isRoot).sort(rootOrder(primaryFirst));
  const trees = roots.map((root) => grow(root, root.sourceKey));
  // What is still unplaced hangs on a ring of three or more: cut it at its most plausible head.
  for (const server of [...byKey.values()].sort(rootOrder(primaryFirst))) {
    if (!placed.has(server.key)) trees.push(grow(server, server.sourceKey));
  }
  return trees;
}

function isInPairWith(server: Server, source: Server | undefined): boolean {
  return source !== undefined && source.key !== server.key && source.sourceKey === server.key;
}

function rootOrder(primaryFirst: string): (a: Server, b: Server) => number {
  const rank = (server: Server): number =>
    (server.key === primaryFirst ? 0 : 4) + (server.readOnly ? 2 : 0) + (server.isLastCheckValid ? 0 : 1);
  return (a, b) => rank(a) - rank(b) || compareKeys(a.key, b.key);
}

/** By name, numbers in it as numbers: `db-2` before `db-10`. */
export function compareKeys(a: ServerKey, b: ServerKey): number {
  return a.localeCompare(b, 'en', { numeric: true });
}

export function countNodes(forest: readonly TreeNode[]): number {
  return forest.reduce((sum, node) => sum + 1 + countNodes(node.children), 0);
}

/** Generations: 1 for a lone server. */
export function depthOf(forest: readonly TreeNode[]): number {
  return forest.reduce((deepest, node) => Math.max(deepest, 1 + depthOf(node.children)), 0);
}
