/**
 * Remembers since when transactions are errant, by following the picture. One write a server and change of what is errant there; what the backend did not take
 * is written at a later look. By the leader alone: another's view must not take back what it has written.
 */
import type { Picture } from '../discovery/picture.ts';
import { millis } from '../model/brand.ts';
import {
  type ErrantRange,
  type ErrantSighting,
  errantRanges,
  mergeSightings,
  sameSightings,
} from '../model/errant-sightings.ts';
import { parseGtidSet } from '../model/gtid-set-text.ts';
import { type InstanceKey, instanceKeyText, type KeyId, keyId } from '../model/instance-key.ts';
import type { Clock } from '../ports/clock.ts';
import type { ErrantSightingStore } from '../ports/errant-sighting-store.ts';
import type { Log } from '../ports/log.ts';
import { repeat } from './repeat.ts';

export interface ErrantSightingsOptions {
  readonly picture: Pick<Picture, 'topology' | 'onChange'>;
  readonly store: ErrantSightingStore;
  readonly clock: Clock;
  readonly log: Log;
  readonly isLeader: () => boolean;
}

/** Everything is looked at again so often: after a failed write, and by a node that has just come to lead, to whom no change tells what stood before. */
const LOOK_PERIOD = millis(60_000);

interface Remembered {
  readonly key: InstanceKey;
  readonly sightings: readonly ErrantSighting[];
  /** What the backend has: a write that fails must not cost the time at which something was seen. */
  readonly written: readonly ErrantSighting[];
  /** The errant set that they were made of; null: they are to be looked at again. */
  readonly errant: string | null;
}

const NOTHING: Pick<Remembered, 'sightings' | 'written' | 'errant'> = { sightings: [], written: [], errant: '' };

export class ErrantSightings {
  readonly #options: ErrantSightingsOptions;
  /** Of servers with errant transactions; null: others write to the backend, or nobody has read it yet. */
  #remembered: Map<KeyId, Remembered> | null = null;
  readonly #due = new Map<KeyId, InstanceKey>();
  #isWriting = false;
  readonly #endings: (() => void)[] = [];

  constructor(options: ErrantSightingsOptions) {
    this.#options = options;
  }

  start(): void {
    const { picture, clock, log } = this.#options;
    this.#endings.push(
      picture.onChange(({ changed }) => this.#note([...changed.map(({ key }) => key), ...this.#gone()])),
      repeat({ clock, log, period: LOOK_PERIOD, what: 'errant transactions' }, () => this.#noteAll()),
    );
    this.#noteAll();
  }

  stop(): void {
    for (const end of this.#endings) end();
  }

  /**
   * What is errant on a server, `gtidErrant` as a set's text, range by range, with the time at which each was first seen to be as far as somebody has. On any
   * node, leading or not.
   */
  async rangesOf(key: InstanceKey, gtidErrant: string): Promise<readonly ErrantRange[]> {
    const parsed = parseGtidSet(gtidErrant);
    if (parsed.kind === 'refused') return [];
    return errantRanges(await this.#options.store.loadErrantSightings(key), parsed.set);
  }

  #noteAll(): void {
    const watched = [...this.#options.picture.topology.all()].map(({ key }) => key);
    this.#note([...watched, ...this.#gone()]);
  }

  /** Of whom something is remembered, and whom nobody watches any more: a change of the picture does not name them. */
  #gone(): readonly InstanceKey[] {
    const { topology } = this.#options.picture;
    return [...(this.#remembered?.values() ?? [])].map(({ key }) => key).filter((key) => !topology.has(key));
  }

  #note(keys: readonly InstanceKey[]): void {
    if (!this.#options.isLeader()) {
      this.#remembered = null;
      this.#due.clear();
      return;
    }
    for (const key of keys) this.#due.set(keyId(key), key);
    if (!this.#isWriting && this.#due.size > 0) void this.#write();
  }

  async #write(): Promise<void> {
    this.#isWriting = true;
    try {
      for (const [id, key] of this.#due) {
        this.#due.delete(id);
        const remembered = (this.#remembered ??= await this.#load());
        await this.#look(remembered, key);
      }
    } catch (error) {
      this.#due.clear();
      this.#options.log.error(`cannot read which transactions were errant: ${String(error)}`);
    } finally {
      this.#isWriting = false;
    }
  }

  async #load(): Promise<Map<KeyId, Remembered>> {
    const byServer = new Map<KeyId, { readonly key: InstanceKey; readonly sightings: ErrantSighting[] }>();
    for (const { key, ...sighting } of await this.#options.store.loadErrantSightings()) {
      const known = byServer.get(keyId(key));
      if (known === undefined) byServer.set(keyId(key), { key, sightings: [sighting] });
      else known.sightings.push(sighting);
    }
    // Whoever is not watched any more, or has no errant transactions any more, has not changed and is not due by that.
    for (const [id, { key }] of byServer) this.#due.set(id, key);
    return new Map(
      [...byServer].map(([id, { key, sightings }]) => [id, { key, sightings, written: sightings, errant: null }]),
    );
  }

  async #look(remembered: Map<KeyId, Remembered>, key: InstanceKey): Promise<void> {
    const { picture, store, clock, log } = this.#options;
    const known = remembered.get(keyId(key)) ?? { key, ...NOTHING };
    const errant = picture.topology.get(key)?.gtidErrant ?? '';
    if (errant === known.errant) return;
    const parsed = parseGtidSet(errant);
    // What cannot be read says nothing about what is errant.
    if (parsed.kind === 'refused') return;
    const sightings = mergeSightings(known.sightings, parsed.set, clock.now());
    try {
      if (!sameSightings(sightings, known.written)) await store.replaceErrantSightings(key, sightings);
      if (sightings.length === 0) remembered.delete(keyId(key));
      else remembered.set(keyId(key), { key, sightings, written: sightings, errant });
    } catch (error) {
      remembered.set(keyId(key), { ...known, sightings, errant: null });
      log.error(`cannot record the errant transactions of ${instanceKeyText(key)}: ${String(error)}`);
    }
  }
}
