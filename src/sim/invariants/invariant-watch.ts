/**
 * What must hold of the pretended world, whatever happened (design/scenarios.md, "Invariants"): watched while it runs, and judged at its end.
 */
import type { MemoryDisk } from '../backend/disk.ts';
import type { PlannedFault } from '../faults.ts';
import { positionText } from '../server/gtid-position.ts';
import type { PretendServer } from '../server/pretend-server.ts';
import type { World } from '../world.ts';
import { type Acknowledged, TABLE, type Writer } from '../writer.ts';
import { Bounds } from './bounds.ts';
import { identityViolations, lostInRecovery, openRecords } from './node-records.ts';
import { Promotions } from './promotions.ts';
import { RelayLogLosses } from './relay-log-losses.ts';
import { canCommit, hasRow, rowsOf, takesWrites } from './server-state.ts';
import { ToldCommands } from './told-commands.ts';
import type { Judgement, Violation } from './violation.ts';

export interface WatchedNode {
  readonly place: string;
  /** Whose sessions are its own. */
  readonly user: string;
  readonly disk: MemoryDisk;
}

export class InvariantWatch {
  readonly #world: World;
  readonly #node: WatchedNode;
  readonly #losses: RelayLogLosses;
  readonly #promotions: Promotions;
  readonly #told: ToldCommands;
  readonly #bounds: Bounds;
  readonly #wasSemiSync: boolean;
  /** People move servers below others than the primary. */
  readonly #isRearranged: boolean;
  /** Whose host lost its power before it had written everything. */
  readonly #lostUnflushed = new Set<string>();
  /** By row: the replicas that had it when it was acknowledged. */
  readonly #holders = new Map<number, readonly string[]>();

  constructor(world: World, node: WatchedNode, faults: readonly PlannedFault[]) {
    this.#world = world;
    this.#node = node;
    this.#losses = new RelayLogLosses(world);
    this.#promotions = new Promotions(world, node.place, this.#losses);
    this.#told = new ToldCommands(world, node.user, node.disk);
    this.#bounds = new Bounds(world, faults);
    this.#wasSemiSync = world.servers.some((server) => takesWrites(server) && server.running.semiSync.isOn);
    this.#isRearranged = faults.some(({ fault }) => fault.kind === 'operate');
    world.observe({ lost: ({ name }) => void this.#lostUnflushed.add(name) });
    for (const { at, fault } of faults) {
      if (fault.kind === 'take-over' || fault.kind === 'force') world.queue.after(at, () => this.#promotions.ordered());
    }
  }

  get promotions(): number {
    return this.#promotions.list.length;
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
    const { disk } = this.#node;
    const writing = this.#world.servers.filter(takesWrites);
    const able = writing.filter(canCommit);
    // Writable but starved is told apart: nobody acknowledges what it takes, so that it commits nothing.
    const primaries = able.length > 0 ? able : writing;
    const [primary] = primaries;
    const always = [
      ...this.#promotions.violations,
      ...this.#promotions.twoWriters,
      ...this.#losses.violations,
      ...this.#told.violations(),
      ...this.#bounds.violations(this.#promotions.list),
      ...openRecords(disk),
      ...writing.filter((server) => !primaries.includes(server)).map(starvedWriter),
    ];
    const returned = this.#cameBackReadOnly();
    if (primary === undefined && returned !== null) {
      // What it has lost of its own, its replicas may have: people decide who goes on (A23).
      if (this.#lostUnflushed.has(returned.name)) return { violations: always, pending: ['A23'] };
      const none: Violation = { invariant: 4, text: `${returned.name} has restarted, and stays read-only` };
      return { violations: [...always, none, ...this.#settledBelowReturned(returned, writer)], pending: [] };
    }
    if (primary === undefined || primaries.length > 1) {
      const names = primaries.map(({ name }) => name).join(', ');
      const none: Violation = { invariant: 4, text: `servers that take writes at the end: ${names || 'none'}` };
      return { violations: [...always, none], pending: [] };
    }
    if (this.#wasPromotedWithLess(primary)) return { violations: always, pending: ['C10'] };
    const strays = this.#world.servers.flatMap((server) => this.#strayReason(server, primary) ?? []);
    const identity = identityViolations(this.#world, primary, disk);
    const violations = [...always, ...this.#settled(primary, writer), ...this.#waitsForNobody(primary), ...identity];
    return { violations, pending: [...strays, ...this.#lostFurtherBelow(primary, writer)] };
  }

  /** C10: its host had lost its power, and with it what those below it had received before; they were not asked when it was promoted. */
  #wasPromotedWithLess(primary: PretendServer): boolean {
    const wasPromoted = this.#promotions.list.some(({ server }) => server === primary.name);
    return wasPromoted && this.#isRearranged && this.#lostUnflushed.has(primary.name);
  }

  /** What holds of the others and of their data when this one is the primary. */
  #settled(primary: PretendServer, writer: Writer): readonly Violation[] {
    return [
      ...this.#lostRows(primary, writer),
      ...this.#wronglyProven(primary, writer),
      ...this.#followers(primary),
      ...this.#unmarked(primary),
    ];
  }

  /** Nobody replaced it: what it lost of its own in the crash is nobody's fault, and its replicas may have more than it. */
  #settledBelowReturned(primary: PretendServer, writer: Writer): readonly Violation[] {
    const lost = this.#lostRows(primary, writer);
    if (lost.some(({ invariant }) => invariant === 3)) return lost.filter(({ invariant }) => invariant !== 3);
    const hasReplicas = this.#world.servers.some((replica) => replica.settings?.host === primary.name);
    return hasReplicas ? this.#settled(primary, writer) : [...lost, ...this.#unmarked(primary)];
  }

  /** A23: the primary crashed, its supervisor started it again before anybody acted, and it is read-only by its configuration. */
  #cameBackReadOnly(): PretendServer | null {
    const returned = this.#world.servers.find(
      (server) =>
        server.name === this.#promotions.primary &&
        server.state === 'runs' &&
        server.settings === null &&
        this.#promotions.hasRestarted(server),
    );
    return returned ?? null;
  }

  /** Why a replica that is not below the primary need not be yet; null: it is, or has to be. */
  #strayReason(server: PretendServer, primary: PretendServer): string | null {
    const source = server.settings?.host;
    if (source === undefined || source === primary.name || server.state !== 'runs') return null;
    const hasMore = hasRowsOfItsOwn(server, primary);
    // Who did not answer while its source was replaced may have received more from it than the successor: people judge what that is worth.
    const wasSilent = this.#promotions.list.some(({ silent }) => silent.has(server.name));
    if (hasMore && wasSilent) return 'G1';
    // Its source lost what it had not flushed, and was behind it when it asked; nobody starts it again once that one has got as far (H1).
    if (AHEAD_OF_SOURCE.has(server.running.receiver.errorNumber) && this.#lostUnflushed.has(source)) return 'H1';
    // The chosen one died in its promotion, the old primary came back meanwhile, and its replicas heard of it what the chosen one never will.
    if (hasMore && this.#promotions.someDiedYoung) return 'C15';
    return null;
  }

  /** Invariants 1 and 3: what was acknowledged and had reached a replica that could be asked is on the final primary. */
  #lostRows(primary: PretendServer, writer: Writer): readonly Violation[] {
    const rows = primary.history.rowsOf(TABLE);
    return writer.acknowledged.flatMap(({ row, server, at }): readonly Violation[] => {
      const holders = this.#holders.get(row) ?? [];
      if (rows.has(row) || holders.length === 0 || holders.every((name) => this.#isNamedAsLost(name))) return [];
      const later = this.#promotions.list.filter((promotion) => promotion.at > at);
      const [next] = later;
      const text = `row ${row}, acknowledged by ${server} at ${at.toFixed(1)} ms and received by ${holders.join(', ')}, is lost`;
      if (next === undefined) {
        return this.#wereSilent(holders) ? [] : [{ invariant: 3, text: `${text}: no promotion came after it` }];
      }
      // Of those that came after it, each could ask somebody who had it.
      return later.every(({ known }) => known.has(row))
        ? [{ invariant: 1, text: `${text} by the promotion of ${next.server}` }]
        : [];
    });
  }

  /** C10: only servers below other replicas had them, who are not asked. */
  #lostFurtherBelow(primary: PretendServer, writer: Writer): readonly string[] {
    const rows = primary.history.rowsOf(TABLE);
    const isLost = ({ row, at }: Acknowledged): boolean =>
      !rows.has(row) && this.#promotions.list.some((one) => one.at > at && one.knownFurtherBelow.has(row));
    return writer.acknowledged.some(isLost) ? ['C10'] : [];
  }

  /** B11: where each failover said that it was proven to lose nothing, nothing that was acknowledged is missing. A disk that loses what it had flushed is no replica's fault. */
  #wronglyProven(primary: PretendServer, writer: Writer): readonly Violation[] {
    const said = this.#node.disk.tables.steps.filter(({ message }) => message.startsWith('durability: '));
    const isProven = said.length > 0 && said.every(({ message }) => message.startsWith('durability: proven lossless'));
    if (!isProven || this.#lostUnflushed.size > 0) return [];
    const rows = primary.history.rowsOf(TABLE);
    const missing = writer.acknowledged.filter(({ row }) => !rows.has(row)).map(({ row }) => row);
    if (missing.length === 0) return [];
    return [
      { invariant: 1, text: `proven lossless, and ${missing.length} acknowledged rows are missing: ${missing[0]}…` },
    ];
  }

  /** A3: whoever did not answer when the primary was replaced goes on following the old one, and acknowledges what that takes. */
  #wereSilent(servers: readonly string[]): boolean {
    const silent = this.#promotions.list.at(-1)?.silent;
    return silent !== undefined && servers.every((name) => silent.has(name));
  }

  /** Invariants 4 and 5. A server without a source is left alone, if it is read-only. */
  #followers(primary: PretendServer): readonly Violation[] {
    return this.#world.servers.flatMap((server): readonly Violation[] => {
      if (server === primary || server.state !== 'runs' || server.settings === null) return [];
      if (this.#strayReason(server, primary) !== null || this.#isQuarantined(server, primary)) return [];
      if (this.#hasLostItsPlace(server) || this.#isNamedAsLost(server.name) || this.#isBelowLost(server)) return [];
      const { host } = server.settings;
      if (!this.#isBelow(server, primary))
        return [{ invariant: 4, text: `${server.name} follows ${host}, not ${primary.name}` }];
      const { receiver, applier, gate } = server.running;
      if (receiver.state !== 'connected' || applier.state !== 'running') {
        const states = `receiver ${receiver.state} (${receiver.errorNumber}), applier ${applier.state} (${applier.errorNumber})`;
        return [{ invariant: 4, text: `${server.name} does not replicate: ${states}` }];
      }
      if (gate.level === 'off') return [{ invariant: 4, text: `${server.name} follows, and takes writes` }];
      return aheadOf(primary, server);
    });
  }

  /** G1: marked as lost, it follows its successor by its own settings; what it alone has is left to people, also where it is refused for it. */
  #isQuarantined(server: PretendServer, primary: PretendServer): boolean {
    const isMarked = lostInRecovery(this.#node.disk).has(server.name) && server.settings?.host === primary.name;
    // A position of MariaDB does not show what its server alone has once the numbers of the other one have passed it.
    return isMarked && (aheadOf(primary, server).length > 0 || hasRowsOfItsOwn(server, primary));
  }

  /** Without GTIDs: it is marked as lost, and none of its logs has a marker any more that would tell where it stands. */
  #hasLostItsPlace(server: PretendServer): boolean {
    const isMarked = lostInRecovery(this.#node.disk).has(server.name);
    const reason = new RegExp(`no pseudo-GTID entry in the .* logs of ${server.name}:`);
    return isMarked && this.#node.disk.tables.steps.some(({ message }) => reason.test(message));
  }

  /** People had put it there: it follows one that is marked as lost, for want of a place or since it has more (G1). */
  #isBelowLost(server: PretendServer): boolean {
    const source = this.#world.servers.find(({ name }) => name === server.settings?.host);
    const [first] = this.#world.servers.filter(({ name }) => name === this.#promotions.primary);
    if (source === undefined || first === undefined || source === first) return false;
    const isLeft = lostInRecovery(this.#node.disk).has(source.name) && hasRowsOfItsOwn(source, first);
    return isLeft || this.#hasLostItsPlace(source);
  }

  /**
   * One of two co-primaries is promoted because it has to be (`CoMasterRecoveryMustPromoteOtherCoMaster`), and without GTIDs nobody can feed it: what this one has and the promoted one has not is
   * named, and it is marked as lost.
   */
  #isNamedAsLost(name: string): boolean {
    const { steps } = this.#node.disk.tables;
    const isByPlace = steps.some(({ message }) =>
      message.includes('it writes no more, and where its log ends is known'),
    );
    const isNamed = steps.some(({ message }) => message.startsWith(`transactions that only ${name}:`));
    const isOrdered = steps.some(({ message }) => / chose .*, as ordered/.test(` ${message}`));
    return isByPlace && isNamed && isOrdered && lostInRecovery(this.#node.disk).has(name);
  }

  /** Invariants 6 and 11: who is not below the primary, or has what that has not, is marked as lost. */
  #unmarked(primary: PretendServer): readonly Violation[] {
    const marked = lostInRecovery(this.#node.disk);
    return this.#world.servers.flatMap((server): readonly Violation[] => {
      if (server === primary || server.state !== 'runs' || this.#isBelow(server, primary)) return [];
      if (marked.has(server.name) || this.#strayReason(server, primary) !== null || this.#isBelowLost(server))
        return [];
      return [{ invariant: 11, text: `${server.name} is not below ${primary.name}, and not marked as lost` }];
    });
  }

  /** Directly, as failovers leave it; where people have rearranged the topology, by way of others too. */
  #isBelow(server: PretendServer, primary: PretendServer): boolean {
    const passed = new Set<string>([server.name]);
    let source = server.settings?.host;
    while (source !== undefined && source !== primary.name && this.#isRearranged && !passed.has(source)) {
      passed.add(source);
      source = this.#world.servers.find(({ name }) => name === source)?.settings?.host;
    }
    return source === primary.name;
  }

  /** E2: where enough replicas acknowledge, the primary that was promoted waits for them. */
  #waitsForNobody(primary: PretendServer): readonly Violation[] {
    const { isEnabled, clients, settings } = primary.running.semiSync;
    const wasPromoted = this.#promotions.list.some(({ server }) => server === primary.name);
    if (!this.#wasSemiSync || !wasPromoted || isEnabled || clients < settings.waitCount) return [];
    return [{ invariant: 7, text: `${primary.name} waits for nobody, although ${clients} replicas acknowledge` }];
  }
}

function hasRowsOfItsOwn(server: PretendServer, primary: PretendServer): boolean {
  const known = primary.history.rowsOf(TABLE);
  return [...rowsOf(server)].some((row) => !known.has(row));
}

/** The error with which a source refuses who has more than itself (server errors, ER_MASTER_FATAL_ERROR_READING_BINLOG). */
const AHEAD_OF_SOURCE: ReadonlySet<number> = new Set([1236, 13114]);

/** Invariant 5. Where servers have no GTIDs, their rows are all that tells. */
function aheadOf(primary: PretendServer, { name, history, options }: PretendServer): readonly Violation[] {
  const isAnonymous = options.family === 'mysql' && options.gtidMode === 'OFF';
  const known = primary.history.rowsOf(TABLE);
  const own = isAnonymous ? [...history.rowsOf(TABLE)].filter((row) => !known.has(row)) : [];
  if (own.length > 0) {
    return [{ invariant: 5, text: `${name} has the rows ${own.join(', ')}, which ${primary.name} has not` }];
  }
  const theirs = positionText(history.gtids.executed());
  if (primary.history.gtids.hasAllOf(theirs) === true) return [];
  return [{ invariant: 5, text: `${name} has executed ${theirs}, which ${primary.name} has not` }];
}

/** G4: it could be told, and was not, or did not obey. */
const starvedWriter = ({ name }: PretendServer): Violation => ({
  invariant: 2,
  text: `${name} is writable beside the primary at the end, and starved: nobody acknowledges what it takes`,
});
