/**
 * For how long servers have been called what they are called now. Of a death the name changes while it lasts, with every replica that comes and goes: what
 * counts is since when the server has been dead by any name. What is not analysed, or is well and drops out of the analysis, has stood for no time when it
 * is called something again.
 */
import { claimsDeath, type EntryCode } from '../analysis/codes.ts';
import type { AnalysisEntry } from '../analysis/entry.ts';
import type { ClusterName } from '../model/brand.ts';
import { type KeyId, keyId } from '../model/instance-key.ts';

interface Stand {
  readonly clusterName: ClusterName;
  readonly code: EntryCode;
  readonly since: number;
  /** Null: it is not called dead. */
  readonly deadSince: number | null;
}

export class Standing {
  /** Milliseconds by a clock that does not step. */
  readonly #monotonic: () => number;
  readonly #stands = new Map<KeyId, Stand>();
  readonly #members = new Map<ClusterName, readonly KeyId[]>();

  constructor(monotonic: () => number) {
    this.#monotonic = monotonic;
  }

  /** All that is said of a cluster now; gives what was not said of a server before. */
  note(clusterName: ClusterName, entries: readonly AnalysisEntry[]): readonly AnalysisEntry[] {
    const changed = entries.filter((entry) => this.#noteOne(entry));
    this.#forgetOthers(clusterName, entries);
    return changed;
  }

  lastedMillis({ key, code }: Pick<AnalysisEntry, 'key' | 'code'>): number {
    const stand = this.#stands.get(keyId(key));
    if (stand === undefined) return 0;
    const dead = claimsDeath(code) ? stand.deadSince : null;
    if (dead === null && stand.code !== code) return 0;
    return this.#monotonic() - (dead ?? stand.since);
  }

  #noteOne({ key, code, cluster }: AnalysisEntry): boolean {
    const id = keyId(key);
    const before = this.#stands.get(id);
    const { clusterName } = cluster;
    if (before?.code === code) {
      if (before.clusterName !== clusterName) this.#stands.set(id, { ...before, clusterName });
      return false;
    }
    const now = this.#monotonic();
    const deadSince = claimsDeath(code) ? (before?.deadSince ?? now) : null;
    this.#stands.set(id, { clusterName, code, since: now, deadSince });
    return true;
  }

  #forgetOthers(clusterName: ClusterName, entries: readonly AnalysisEntry[]): void {
    const members = entries.map(({ key }) => keyId(key));
    const present = new Set(members);
    for (const id of this.#members.get(clusterName) ?? []) {
      if (!present.has(id) && this.#stands.get(id)?.clusterName === clusterName) this.#stands.delete(id);
    }
    if (members.length === 0) this.#members.delete(clusterName);
    else this.#members.set(clusterName, members);
  }
}
