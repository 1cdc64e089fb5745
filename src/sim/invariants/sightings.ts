/**
 * What somebody who looks at the pretended world twice a second can tell of it and the moments of change cannot: how long two servers have both taken
 * writes (invariant 2), and until when a source was well in the eyes of a replica that could be asked (invariant 10).
 */
import type { PretendServer } from '../server/pretend-server.ts';
import type { World } from '../world.ts';
import { canCommit } from './server-state.ts';
import type { Violation } from './violation.ts';

const LOOK_MILLIS = 500;

/** Whoever could be asked for so long can have been told: two polls and a command. */
const TWO_WRITERS_MILLIS = 12_000;

/** A link that was ill within this time may still look so, or not yet, to those who use it. */
const LINK_MILLIS = 10_000;

export class Sightings {
  readonly #world: World;
  readonly #wasSilentLately: (server: PretendServer, withinMillis: number) => boolean;
  readonly #wellAt = new Map<string, number>();
  readonly #faulty = new Set<string>();
  readonly #since = new Map<string, number>();
  readonly violations: Violation[] = [];

  constructor(world: World, wasSilentLately: (server: PretendServer, withinMillis: number) => boolean) {
    this.#world = world;
    this.#wasSilentLately = wasSilentLately;
    this.#look();
  }

  /** When a replica that could be asked last received from it, over a link that had been well for a while. */
  wellAt(server: string): number {
    return this.#wellAt.get(server) ?? Number.NEGATIVE_INFINITY;
  }

  hadStorageFault(server: string): boolean {
    return this.#faulty.has(server);
  }

  #look(): void {
    const { queue, servers } = this.#world;
    for (const { name, storage } of servers) if (storage.fault !== null) this.#faulty.add(name);
    for (const server of servers) if (this.#isWitnessed(server)) this.#wellAt.set(server.name, queue.now);
    this.#countWriters();
    queue.after(LOOK_MILLIS, () => this.#look());
  }

  #isWitnessed(source: PretendServer): boolean {
    if (source.state !== 'runs' || source.storage.fault !== null || source.isCrowded) return false;
    const { network, servers } = this.#world;
    return servers.some(
      (replica) =>
        replica.state === 'runs' &&
        replica.settings?.host === source.name &&
        replica.running.receiver.state === 'connected' &&
        !this.#wasSilentLately(replica, LINK_MILLIS) &&
        !network.wasImpairedLately(source.name, replica.name, LINK_MILLIS) &&
        !network.wasImpairedLately(replica.name, source.name, LINK_MILLIS),
    );
  }

  /** A pair counts from when both could commit and could be asked; it is told once. */
  #countWriters(): void {
    const { queue, servers } = this.#world;
    const able = servers.filter((server) => canCommit(server) && !this.#wasSilentLately(server, 0));
    const pairs = new Set<string>();
    for (const [index, one] of able.entries()) {
      for (const other of able.slice(index + 1)) pairs.add(`${one.name} and ${other.name}`);
    }
    for (const pair of this.#since.keys()) if (!pairs.has(pair)) this.#since.delete(pair);
    for (const pair of pairs) {
      const since = this.#since.get(pair) ?? queue.now;
      this.#since.set(pair, since);
      if (queue.now - since < TWO_WRITERS_MILLIS) continue;
      this.#since.set(pair, Number.POSITIVE_INFINITY);
      this.violations.push({
        invariant: 2,
        text: `${pair} could both commit from ${since.toFixed(0)} ms on, and be asked`,
      });
    }
  }
}
