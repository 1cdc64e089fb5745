/**
 * One index of the topology: from something servers have in common (a source, a UUID, a cluster) to the servers that have it.
 */
import type { KeyId } from './instance-key.ts';

const NOBODY: ReadonlySet<KeyId> = new Set();

export class TopologyIndex<Common extends string> {
  readonly #members = new Map<Common, Set<KeyId>>();

  /** Null: the server has nothing of the kind; it is then in no set. */
  add(common: Common | null, id: KeyId): void {
    if (common === null) return;
    const members = this.#members.get(common);
    if (members === undefined) this.#members.set(common, new Set([id]));
    else members.add(id);
  }

  delete(common: Common | null, id: KeyId): void {
    if (common === null) return;
    const members = this.#members.get(common);
    if (members === undefined) return;
    members.delete(id);
    if (members.size === 0) this.#members.delete(common);
  }

  move(from: Common | null, to: Common | null, id: KeyId): void {
    if (from === to) return;
    this.delete(from, id);
    this.add(to, id);
  }

  get(common: Common): ReadonlySet<KeyId> {
    return this.#members.get(common) ?? NOBODY;
  }

  /** What at least one server has. */
  commons(): Common[] {
    return [...this.#members.keys()];
  }
}
