/**
 * Invariant 12: whatever the node tells a server to change is explained by what it has on disk: a step of a journaled plan that was under way, or an
 * operation of the audit at about that time.
 */
import { instanceKeyText } from '../../model/instance-key.ts';
import type { MemoryDisk } from '../backend/disk.ts';
import type { PretendServer } from '../server/pretend-server.ts';
import type { World } from '../world.ts';
import {
  auditedExplanations,
  demotionExplanations,
  type Explanation,
  journaledExplanations,
  toldExplanations,
  type Written,
} from './explanations.ts';
import type { Violation } from './violation.ts';

/** Statements that change something for others than their own session. */
const CHANGES =
  /^\s*(?:(?:stop|change|reset|kill)\b|start\s+(?!transaction\b)|set\s+(?:.*,\s*)?(?:@@)?(?:global|persist|persist_only)[\s.])/i;

const MAKES_WRITABLE = /^\s*set\s+global\s+(?:super_)?read_only\s*=\s*(?:0|off)\b/i;

interface Told {
  readonly at: number;
  /** When it may have been sent at the earliest: a server that hangs hears what was sent meanwhile when it goes on. */
  readonly sentFrom: number;
  readonly server: PretendServer;
  readonly text: string;
}

/** An operation is audited when it has ended, which one that began so shortly before the end of the run may not have. */
const UNDER_WAY_MILLIS = 5_000;

/** What lay in the server's buffers is heard within this. */
const CATCHES_UP_MILLIS = 100;

export class ToldCommands {
  readonly #world: World;
  readonly #disk: MemoryDisk;
  readonly #told: Told[] = [];
  readonly #journal: Log<'journal'>;
  readonly #audit: Log<'audit'>;
  readonly #steps: Log<'steps'>;
  readonly #hung = new Map<PretendServer, { readonly since: number; until: number }>();

  /** `user`: whose sessions are the node's. */
  constructor(world: World, user: string, disk: MemoryDisk) {
    this.#world = world;
    this.#disk = disk;
    this.#journal = new Log(disk, 'journal');
    this.#audit = new Log(disk, 'audit');
    this.#steps = new Log(disk, 'steps');
    disk.onWritten(() => {
      for (const log of [this.#journal, this.#audit, this.#steps]) log.look(world.queue.now);
    });
    world.observe({
      told: (server, by, text) => {
        if (by !== user || !CHANGES.test(text)) return;
        // A switchover that is given up gives the writes back to the old primary, also when nothing can be written down any more.
        if (disk.isFailing && MAKES_WRITABLE.test(text)) return;
        this.#told.push({ at: world.queue.now, sentFrom: this.#sentFrom(server), server, text });
      },
      life: (server, what) => {
        if (what === 'hangs') this.#hung.set(server, { since: world.queue.now, until: Number.POSITIVE_INFINITY });
        const hung = this.#hung.get(server);
        if (what === 'goes on' && hung !== undefined) hung.until = world.queue.now;
      },
    });
  }

  violations(): readonly Violation[] {
    return this.#unexplained().map(({ at, server, text }) => ({
      invariant: 12,
      text: `${server.name} was told "${text}" at ${at.toFixed(1)} ms, and neither a journal nor the audit says why`,
    }));
  }

  #unexplained(): readonly Told[] {
    const now = this.#world.queue.now;
    const failed = new Map(this.#disk.tables.recoveries.map(({ uid, digest }) => [uid as string, digest.key]));
    const explanations = [
      ...journaledExplanations(this.#journal.lines),
      ...toldExplanations(this.#journal.lines),
      ...auditedExplanations(this.#audit.lines),
      ...demotionExplanations(this.#steps.lines, failed),
    ];
    return this.#told.filter(
      (told) => now - told.at >= UNDER_WAY_MILLIS && !explanations.some((explanation) => explains(explanation, told)),
    );
  }

  #sentFrom(server: PretendServer): number {
    const { now } = this.#world.queue;
    const hung = this.#hung.get(server);
    return hung !== undefined && now - hung.until <= CATCHES_UP_MILLIS ? hung.since : now;
  }
}

const explains = ({ address, from, until }: Explanation, { at, sentFrom, server }: Told): boolean =>
  address === addressOf(server) && from <= at && sentFrom <= until;

const addressOf = ({ options: { host, port } }: PretendServer): string => instanceKeyText({ hostname: host, port });

/** The rows of a table that only grows, with the time of the world at which each came. */
class Log<Table extends 'journal' | 'audit' | 'steps'> {
  readonly lines: Written<MemoryDisk['tables'][Table][number]>[] = [];
  readonly #disk: MemoryDisk;
  readonly #table: Table;

  constructor(disk: MemoryDisk, table: Table) {
    this.#disk = disk;
    this.#table = table;
  }

  look(now: number): void {
    const rows: readonly Written<MemoryDisk['tables'][Table][number]>['row'][] = this.#disk.tables[this.#table];
    const last = this.lines.at(-1)?.row;
    // Old rows may have been purged: what follows the last that is known is new.
    const known = last === undefined ? 0 : rows.lastIndexOf(last) + 1;
    for (const row of rows.slice(known)) this.lines.push({ at: now, row });
  }
}
