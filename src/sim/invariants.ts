/**
 * What must hold of the pretended world, whatever happened (design/scenarios.md, "Invariants"): watched while it runs, and judged at its end.
 */
import { positionText } from './server/gtid-state.ts';
import type { PretendServer } from './server/pretend-server.ts';
import type { World } from './world.ts';
import { type Acknowledged, TABLE, type Writer } from './writer.ts';

export interface Violation {
  /** Number in the list of invariants. */
  readonly invariant: number;
  readonly text: string;
}

/** A server became writable that was not so at the beginning. */
interface Promotion {
  readonly at: number;
  readonly server: string;
  /** Rows that somebody had whom the node could have asked all the time. */
  readonly known: ReadonlySet<number>;
  /** Servers that could not be asked at some moment of the recovery. */
  readonly silent: ReadonlySet<string>;
}

const takesWrites = (server: PretendServer): boolean =>
  server.state === 'runs' && server.settings === null && server.running.gate.level === 'off';

/** A source that waits for acknowledgements which nobody can give takes writes and commits none. */
function canCommit(server: PretendServer): boolean {
  if (!takesWrites(server)) return false;
  const { semiSync } = server.running;
  return !semiSync.isOn || semiSync.clients >= semiSync.settings.waitCount;
}

function rowsOf(server: PretendServer): Set<number> {
  const rows = new Set(server.history.rowsOf(TABLE));
  for (const { write } of [...server.history.log.slice(server.history.committedCount), ...server.relayLog.waiting]) {
    if (write.kind === 'rows') for (const row of write.rows) rows.add(row);
  }
  return rows;
}

/** Applied, or received. */
function hasRow(server: PretendServer, row: number): boolean {
  if (server.history.rowsOf(TABLE).has(row)) return true;
  const pending = [...server.relayLog.waiting, ...server.history.log.slice(server.history.committedCount)];
  return pending.some(({ write }) => write.kind === 'rows' && write.rows.includes(row));
}

/** From its last look at the replicas a recovery takes so long at most, when some of them are silent. */
const RECOVERY_MILLIS = 5_000;

/** From its last look at the old primary to the promotion. */
const LAST_LOOK_MILLIS = 500;

export interface Judgement {
  readonly violations: readonly Violation[];
  /** Scenarios that came up and that the core does not handle yet, by their ids: what they leave behind is not held against it. */
  readonly pending: readonly string[];
}

export class InvariantWatch {
  readonly #world: World;
  readonly #node: string;
  readonly #promotions: Promotion[] = [];
  readonly #violations: Violation[] = [];
  /** By row: the replicas that had it when it was acknowledged. */
  readonly #holders = new Map<number, readonly string[]>();
  /** Rows of relay logs that were dropped on command. */
  readonly #dropped = new Set<number>();
  readonly #initialPrimary: string;
  /** When each last went on after a hang, and when it was last started. */
  readonly #resumedAt = new Map<string, number>();
  readonly #startedAt = new Map<string, number>();

  constructor(world: World, node: string) {
    this.#world = world;
    this.#node = node;
    this.#initialPrimary = world.servers.find(takesWrites)?.name ?? '';
    world.observe({
      life: (server, what) => {
        if (what === 'goes on') this.#resumedAt.set(server.name, world.queue.now);
        if (what === 'started') this.#startedAt.set(server.name, world.queue.now);
      },
      level: (server, level) => (level === 'off' ? this.#becameWritable(server) : undefined),
      relayLogDropped: (_, { reason, lost }) => {
        if (reason === 'restart') return;
        for (const { write } of lost) if (write.kind === 'rows') for (const row of write.rows) this.#dropped.add(row);
      },
    });
  }

  get promotions(): readonly Promotion[] {
    return this.#promotions;
  }

  /** A client was told that its row is safe. */
  acknowledged({ row, server }: Acknowledged): void {
    const others = this.#world.servers.filter((other) => other.name !== server);
    this.#holders.set(
      row,
      others.filter((other) => hasRow(other, row)).map(({ name }) => name),
    );
  }

  /** At the end, when the world has come to rest. */
  judge(writer: Writer): Judgement {
    const writing = this.#world.servers.filter(takesWrites);
    const able = writing.filter(canCommit);
    // Writable but starved is told apart: nobody acknowledges what it takes, so that it commits nothing.
    const primaries = able.length > 0 ? able : writing;
    const [primary] = primaries;
    const pending = writing.length > primaries.length ? ['G4'] : [];
    if (primary === undefined && this.#cameBackReadOnly()) return { violations: this.#violations, pending: ['A23'] };
    if (primary === undefined || primaries.length > 1) {
      const names = primaries.map(({ name }) => name).join(', ');
      const none: Violation = { invariant: 4, text: `servers that take writes at the end: ${names || 'none'}` };
      return { violations: [...this.#violations, none], pending };
    }
    const strays = this.#world.servers.flatMap((server) => this.#strayReason(server, primary) ?? []);
    const violations = [...this.#violations, ...this.#lostRows(primary, writer), ...this.#followers(primary)];
    return { violations, pending: [...pending, ...strays] };
  }

  /** A23: the primary crashed, its supervisor started it again before anybody acted, and it is read-only by its configuration. */
  #cameBackReadOnly(): boolean {
    return this.#world.servers.some(
      (server) =>
        server.state === 'runs' &&
        server.settings === null &&
        (this.#startedAt.get(server.name) ?? 0) > 0 &&
        this.#world.servers.some((replica) => replica.settings?.host === server.name),
    );
  }

  /** Why a replica that is not below the primary need not be yet; null: it is, or has to be. */
  #strayReason(server: PretendServer, primary: PretendServer): string | null {
    const source = server.settings?.host;
    if (source === undefined || source === primary.name || server.state !== 'runs') return null;
    // Who did not answer while its source was replaced may have received more from it than the successor: people judge what that is worth.
    const wasSilent = this.#promotions.some(({ silent }) => silent.has(server.name));
    const rows = primary.history.rowsOf(TABLE);
    if (wasSilent && [...rowsOf(server)].some((row) => !rows.has(row))) return 'G1';
    // Moved below the successor of a switchover that was cut before it took place: it replicates, one floor lower.
    const between = this.#world.servers.find(({ name }) => name === source);
    return between?.settings?.host === primary.name ? 'K12' : null;
  }

  #becameWritable(server: PretendServer): void {
    // One that cannot be reached can be told nothing: without a fence there may be two of them (G6).
    const others = this.#world.servers.filter(
      (other) => other !== server && canCommit(other) && !this.#wasCutOff(other, LAST_LOOK_MILLIS),
    );
    if (others.length > 0 && canCommit(server)) {
      const names = others.map(({ name }) => name).join(', ');
      this.#violations.push({ invariant: 2, text: `${server.name} became writable while ${names} could commit` });
    }
    if (server.name === this.#initialPrimary && this.#promotions.length === 0) return;
    const isSilent = (other: PretendServer): boolean => this.#wasSilentLately(other);
    const silent = this.#world.servers.filter(isSilent).map(({ name }) => name);
    const known = new Set(this.#dropped);
    for (const other of this.#world.servers) {
      if (!isSilent(other)) for (const row of rowsOf(other)) known.add(row);
    }
    this.#promotions.push({ at: this.#world.queue.now, server: server.name, known, silent: new Set(silent) });
  }

  /** Within the time that a recovery may take. */
  #wasSilentLately(server: PretendServer): boolean {
    const { name } = server;
    const backAt = Math.max(this.#startedAt.get(name) ?? 0, this.#resumedAt.get(name) ?? 0);
    const isBackLately = backAt > 0 && this.#world.queue.now - backAt < RECOVERY_MILLIS;
    return server.state !== 'runs' || isBackLately || this.#wasCutOff(server, RECOVERY_MILLIS);
  }

  /** From the node, or still is. */
  #wasCutOff({ name }: PretendServer, withinMillis: number): boolean {
    const { network } = this.#world;
    const isImpaired = (from: string, to: string): boolean => network.wasImpairedLately(from, to, withinMillis);
    return isImpaired(this.#node, name) || isImpaired(name, this.#node);
  }

  /** Invariants 1 and 3: what was acknowledged and had reached a replica that could be asked is on the final primary. */
  #lostRows(primary: PretendServer, writer: Writer): readonly Violation[] {
    const rows = primary.history.rowsOf(TABLE);
    return writer.acknowledged.flatMap(({ row, server, at }): readonly Violation[] => {
      const holders = this.#holders.get(row) ?? [];
      if (rows.has(row) || holders.length === 0) return [];
      const next = this.#promotions.find((promotion) => promotion.at > at);
      const text = `row ${row}, acknowledged by ${server} at ${at.toFixed(1)} ms and received by ${holders.join(', ')}, is lost`;
      if (next === undefined) {
        return this.#wereSilent(holders) ? [] : [{ invariant: 3, text: `${text}: no promotion came after it` }];
      }
      return next.known.has(row) ? [{ invariant: 1, text: `${text} by the promotion of ${next.server}` }] : [];
    });
  }

  /** A3: whoever did not answer when the primary was replaced goes on following the old one, and acknowledges what that takes. */
  #wereSilent(servers: readonly string[]): boolean {
    const silent = this.#promotions.at(-1)?.silent;
    return silent !== undefined && servers.every((name) => silent.has(name));
  }

  /** Invariants 4 and 5. A server without a source is left alone, if it is read-only. */
  #followers(primary: PretendServer): readonly Violation[] {
    return this.#world.servers.flatMap((server): readonly Violation[] => {
      if (server === primary || server.state !== 'runs' || server.settings === null) return [];
      if (this.#strayReason(server, primary) !== null) return [];
      const { host } = server.settings;
      if (host !== primary.name) return [{ invariant: 4, text: `${server.name} follows ${host}, not ${primary.name}` }];
      const { receiver, applier } = server.running;
      if (receiver.state !== 'connected' || applier.state !== 'running') {
        const states = `receiver ${receiver.state} (${receiver.errorNumber}), applier ${applier.state} (${applier.errorNumber})`;
        return [{ invariant: 4, text: `${server.name} does not replicate: ${states}` }];
      }
      const theirs = positionText(server.history.gtids.executed());
      if (primary.history.gtids.hasAllOf(theirs) === true) return [];
      return [{ invariant: 5, text: `${server.name} has executed ${theirs}, which ${primary.name} has not` }];
    });
  }
}
