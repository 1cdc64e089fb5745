/**
 * Which servers a text drawing shows, in which order and how deep: spec/cli.md 3.2 "Building the tree".
 */
import { parentKeyOf } from './cluster-attributes.ts';
import type { Instance } from './instance.ts';
import { type KeyId, keyId } from './instance-key.ts';
import { isGroupPrimary, isReplica } from './instance-status.ts';
import { compareByKey } from './topology-order.ts';

export interface TextTreeRow {
  readonly instance: Instance;
  readonly depth: number;
}

interface Forest {
  readonly children: ReadonlyMap<KeyId, readonly Instance[]>;
  readonly root: Instance | undefined;
}

/**
 * Rows depth first, children ordered by key. Of several servers without a parent only the last, with its subtree, is shown
 * (contract). Two co-primaries have no root: each is at depth 1 with its own branch.
 */
export function textTreeRows(instances: readonly Instance[]): TextTreeRow[] {
  const ordered = [...instances].sort(compareByKey);
  const { children, root } = growForest(ordered);
  if (root !== undefined) return branch(root, 0, children, () => true);
  const coPrimaries = ordered.filter((instance) => instance.isCoPrimary);
  // A ring of three or more has no co-primaries; without this its cluster would be drawn empty.
  const head = coPrimaries.length === 0 ? ringHead(ordered) : undefined;
  if (head !== undefined) return branch(head, 0, children, () => true);
  return coPrimaries.flatMap((instance) => branch(instance, 1, children, (below) => !below.isCoPrimary));
}

function growForest(ordered: readonly Instance[]): Forest {
  const known = new Set(ordered.map((instance) => keyId(instance.key)));
  const children = new Map<KeyId, Instance[]>();
  let root: Instance | undefined;
  let aloof: Instance | undefined;
  for (const instance of ordered) {
    const parentKey = parentKeyOf(instance);
    const parent = parentKey === null ? null : keyId(parentKey);
    if (parent === null || !known.has(parent)) root = instance;
    else if (isGroupPrimary(instance) && !isReplica(instance)) aloof = instance;
    else append(children, parent, instance);
  }
  // A group primary that names a source but does not replicate hangs under nobody; it heads the tree if nobody else does.
  return { children, root: root ?? aloof };
}

function append(children: Map<KeyId, Instance[]>, parent: KeyId, instance: Instance): void {
  const siblings = children.get(parent);
  if (siblings === undefined) children.set(parent, [instance]);
  else siblings.push(instance);
}

/** The server and what is below it; each server once, so that a ring ends. */
function branch(
  top: Instance,
  topDepth: number,
  children: Forest['children'],
  isShown: (below: Instance) => boolean,
): TextTreeRow[] {
  const rows: TextTreeRow[] = [];
  const seen = new Set<KeyId>();
  const visit = (instance: Instance, depth: number): void => {
    const id = keyId(instance.key);
    if (seen.has(id)) return;
    seen.add(id);
    rows.push({ instance, depth });
    for (const child of children.get(id) ?? []) if (isShown(child)) visit(child, depth + 1);
  };
  visit(top, topDepth);
  return rows;
}

/** The server that gives the ring its name is the one at the least depth. Undefined: no servers at all. */
function ringHead(ordered: readonly Instance[]): Instance | undefined {
  const depth = Math.min(...ordered.map((instance) => instance.replicationDepth));
  return ordered.find((instance) => instance.replicationDepth === depth);
}
