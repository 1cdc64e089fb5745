/**
 * Who became writable and when: what was known in that moment, and whether it was due (invariants 2 and 10).
 */
import type { PretendServer } from '../server/pretend-server.ts';
import type { World } from '../world.ts';
import type { RelayLogLosses } from './relay-log-losses.ts';
import { canCommit, rowsOf, takesWrites } from './server-state.ts';
import { Sightings } from './sightings.ts';
import type { Violation } from './violation.ts';

/** A server became writable that was not so at the beginning. */
export interface Promotion {
  readonly at: number;
  readonly server: string;
  /** Rows that somebody had whom the node could have asked all the time, and does ask: not those that only servers below others have (C10). */
  readonly known: ReadonlySet<number>;
  readonly knownFurtherBelow: ReadonlySet<number>;
  /** Servers that could not be asked at some moment of the recovery. */
  readonly silent: ReadonlySet<string>;
}

/** From its last look at the replicas a recovery takes so long at most, when some of them are silent. */
const RECOVERY_MILLIS = 5_000;

/** From its last look at the old primary to the promotion. */
const LAST_LOOK_MILLIS = 500;

/** From the first sign of a dead primary to its replacement, with a cut recovery that is taken up in between. */
const INCIDENT_MILLIS = 30_000;

/** A replica receives from a source that was well this long ago, at the latest, when it is replaced; then it must not be. */
const WITNESSED_MILLIS = 1_500;

/** Before somebody's order is carried out or refused. */
const ORDER_MILLIS = 60_000;

/** One that dies so soon after it was made writable may have died within its own promotion (C15, E7). */
const INFANCY_MILLIS = 5_000;

export class Promotions {
  readonly violations: Violation[] = [];
  readonly list: Promotion[] = [];
  readonly #world: World;
  readonly #node: string;
  readonly #losses: RelayLogLosses;
  readonly #sightings: Sightings;
  readonly #initialPrimary: string;
  #primary: string;
  /** When each last went on after a hang, was last started, died. */
  readonly #resumedAt = new Map<string, number>();
  readonly #startedAt = new Map<string, number>();
  readonly #diedAt = new Map<string, number>();
  #orderedAt = Number.NEGATIVE_INFINITY;
  #diedYoung = false;

  constructor(world: World, node: string, losses: RelayLogLosses) {
    this.#world = world;
    this.#node = node;
    this.#losses = losses;
    this.#sightings = new Sightings(world, (server, within) => this.#wasSilentLately(server, within));
    this.#initialPrimary = world.servers.find(takesWrites)?.name ?? '';
    this.#primary = this.#initialPrimary;
    world.observe({
      life: (server, what) => this.#lived(server, what),
      level: (server, level) => (level === 'off' ? this.#becameWritable(server) : undefined),
    });
  }

  /** Somebody wants another primary: one that works may be replaced. */
  ordered(): void {
    this.#orderedAt = this.#world.queue.now;
  }

  /** Whoever was made writable last. */
  get primary(): string {
    return this.#primary;
  }

  /** Two who could both commit for long. */
  get twoWriters(): readonly Violation[] {
    return this.#sightings.violations;
  }

  /** A server died right after it had been made writable. */
  get someDiedYoung(): boolean {
    return this.#diedYoung;
  }

  /** It was started again after it had died. */
  hasRestarted(server: PretendServer): boolean {
    return (this.#startedAt.get(server.name) ?? 0) > 0;
  }

  #lived(server: PretendServer, what: 'started' | 'died' | 'hangs' | 'goes on'): void {
    const { now } = this.#world.queue;
    if (what === 'goes on') this.#resumedAt.set(server.name, now);
    if (what === 'started') this.#startedAt.set(server.name, now);
    if (what !== 'died') return;
    this.#diedAt.set(server.name, now);
    const last = this.list.at(-1);
    if (last?.server === server.name && now - last.at < INFANCY_MILLIS) this.#diedYoung = true;
  }

  #becameWritable(server: PretendServer): void {
    // One that cannot be reached can be told nothing: without a fence there may be two of them (G6).
    const others = this.#world.servers.filter(
      (other) => other !== server && canCommit(other) && !this.#wasCutOff(other, LAST_LOOK_MILLIS),
    );
    if (others.length > 0 && canCommit(server)) {
      const names = others.map(({ name }) => name).join(', ');
      this.violations.push({ invariant: 2, text: `${server.name} became writable while ${names} could commit` });
    }
    if (server.name !== this.#primary) this.#judgeCause(server.name);
    const former = this.#primary;
    this.#primary = server.name;
    if (server.name === this.#initialPrimary && this.list.length === 0) return;
    const isSilent = (other: PretendServer): boolean => this.#wasSilentLately(other, RECOVERY_MILLIS);
    const silent = this.#world.servers.filter(isSilent).map(({ name }) => name);
    const known = new Set<number>();
    for (const { write } of this.#losses.dropped) {
      if (write.kind === 'rows') for (const row of write.rows) known.add(row);
    }
    const knownFurtherBelow = new Set<number>();
    const isAsked = ({ settings }: PretendServer): boolean =>
      settings === null || settings.host === former || settings.host === server.name;
    for (const other of this.#world.servers) {
      if (isSilent(other)) continue;
      for (const row of rowsOf(other)) (isAsked(other) ? known : knownFurtherBelow).add(row);
    }
    this.list.push({
      at: this.#world.queue.now,
      server: server.name,
      known,
      knownFurtherBelow,
      silent: new Set(silent),
    });
  }

  /** Invariant 10: nobody is replaced who was well, unless somebody wanted it. */
  #judgeCause(server: string): void {
    const { now } = this.#world.queue;
    if (now - this.#orderedAt < ORDER_MILLIS) return;
    const former = this.#world.servers.find(({ name }) => name === this.#primary);
    if (former === undefined || this.#wasIll(former)) return;
    this.violations.push({
      invariant: 10,
      text: `${server} replaced ${former.name} at ${now.toFixed(1)} ms, which had been well`,
    });
  }

  #wasIll(server: PretendServer): boolean {
    const { now } = this.#world.queue;
    if (this.#isBackLately(server, INCIDENT_MILLIS) || server.state !== 'runs') return true;
    if (now - (this.#diedAt.get(server.name) ?? Number.NEGATIVE_INFINITY) < INCIDENT_MILLIS) return true;
    if (server.storage.fault !== null || server.isCrowded) return true;
    // That we cannot reach it alone is no reason: its replicas are asked (A2).
    return now - this.#sightings.wellAt(server.name) > WITNESSED_MILLIS;
  }

  #wasSilentLately(server: PretendServer, withinMillis: number): boolean {
    if (server.state !== 'runs' || server.storage.fault !== null) return true;
    return this.#isBackLately(server, withinMillis) || this.#wasCutOff(server, withinMillis);
  }

  #isBackLately({ name }: PretendServer, withinMillis: number): boolean {
    const backAt = Math.max(this.#startedAt.get(name) ?? 0, this.#resumedAt.get(name) ?? 0);
    return backAt > 0 && this.#world.queue.now - backAt < withinMillis;
  }

  /** From the node, or still is. */
  #wasCutOff({ name }: PretendServer, withinMillis: number): boolean {
    const { network } = this.#world;
    const isImpaired = (from: string, to: string): boolean => network.wasImpairedLately(from, to, withinMillis);
    return isImpaired(this.#node, name) || isImpaired(name, this.#node);
  }
}
