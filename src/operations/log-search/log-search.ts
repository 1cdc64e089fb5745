/**
 * One search in the logs of servers: what it reads through, by which rules, and how long it may go on. Made anew for each search, since its limits count from its
 * beginning.
 */
import type { BinlogCoordinates } from '../../model/binlog-coordinates.ts';
import type { BinlogEvent } from '../../model/binlog-event.ts';
import { millis } from '../../model/brand.ts';
import { type InstanceKey, instanceKeyText } from '../../model/instance-key.ts';
import type { MarkerRules } from '../../planning/log-search/marker-rules.ts';
import type { BinaryLogs, EventPage, LogRead } from '../../ports/binary-logs.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ObserveResult } from '../../ports/topology-servers.ts';
import type { FoundEntries } from './found-entries.ts';
import { found, refuse, type Search, type SearchRefusal } from './search-refusal.ts';

/** What bounds one search; whichever is reached first ends it. */
export interface SearchLimits {
  readonly pagesMax: number;
  readonly millisMax: number;
  /** How long to wait in all for one that lags behind. */
  readonly lagWaitMillisMax: number;
  /** How long to wait for one that is a moment behind: siblings are never stopped at the same event. */
  readonly catchUpMillisMax: number;
}

export const SEARCH_LIMITS: SearchLimits = {
  pagesMax: 10_000,
  millisMax: 600_000,
  lagWaitMillisMax: 120_000,
  catchUpMillisMax: 5_000,
};

export interface SearchRules {
  /** Null: none are configured. */
  readonly markers: MarkerRules | null;
  /** Events a page (`BinlogEventsChunkSize`). */
  readonly pageEvents: number;
  /** `SkipBinlogEventsContaining` */
  readonly skippedTexts: readonly string[];
  /** A replica that lags more than this is waited for (`ReasonableMaintenanceReplicationLagSeconds`). */
  readonly lagSecondsMax: number;
  /** `--skip-binlog-search`: relay logs alone. */
  readonly relayLogsOnly: boolean;
}

/** Where a search had best begin, by where servers stood some minutes ago (spec 4.3). Null: not known. What is not found from there is searched for from the start. */
export interface PositionHints {
  /** Where the server's own binary log was two minutes ago. */
  recentSelf(key: InstanceKey): Promise<BinlogCoordinates | null>;
  /** Where its relay log was before this place. */
  previousRelay(key: InstanceKey, current: BinlogCoordinates): Promise<BinlogCoordinates | null>;
}

export const NO_HINTS: PositionHints = { recentSelf: async () => null, previousRelay: async () => null };

export interface SearchProgress {
  readonly key: InstanceKey;
  readonly file: string;
  /** Pages read by this search so far. */
  readonly pages: number;
}

export interface LogSearchOptions {
  readonly logs: BinaryLogs;
  readonly clock: Clock;
  readonly rules: SearchRules;
  readonly hints: PositionHints;
  readonly entries: FoundEntries;
  /** Live read; for one that lags. */
  readonly observe: (key: InstanceKey) => Promise<ObserveResult>;
  /** False: leadership is lost or the node stops; asked before each page. */
  readonly mayGoOn: () => boolean;
  readonly onProgress?: (progress: SearchProgress) => void;
  readonly limits?: SearchLimits;
}

/** More events a page than any server should have to keep in memory for us. */
const PAGE_EVENTS_MAX = 100_000;

export class LogSearch {
  readonly rules: SearchRules;
  readonly hints: PositionHints;
  readonly entries: FoundEntries;
  readonly limits: SearchLimits;
  readonly pageEvents: number;
  readonly #options: LogSearchOptions;
  readonly #endsAt: number;
  #pages = 0;

  constructor(options: LogSearchOptions) {
    this.#options = options;
    this.rules = options.rules;
    this.hints = options.hints;
    this.entries = options.entries;
    this.limits = options.limits ?? SEARCH_LIMITS;
    this.pageEvents = Math.min(PAGE_EVENTS_MAX, Math.max(1, options.rules.pageEvents));
    this.#endsAt = options.clock.monotonic() + this.limits.millisMax;
  }

  /** Names of binary logs, the oldest first. */
  async files(key: InstanceKey): Promise<Search<readonly string[]>> {
    const spent = this.refusal();
    if (spent !== null) return spent;
    const read = await this.#options.logs.files(key);
    if (read.kind !== 'read') return unreadable(key, read);
    return read.value.length === 0
      ? refuse('no-logs', `${instanceKeyText(key)} has no binary logs`)
      : found(read.value);
  }

  /** A file or a place that is not there is an answer, not a refusal. */
  async events(
    key: InstanceKey,
    page: EventPage,
  ): Promise<Search<readonly BinlogEvent[] | 'no-such-file' | 'no-such-place'>> {
    const spent = this.refusal();
    if (spent !== null) return spent;
    this.#pages += 1;
    this.#options.onProgress?.({ key, file: page.file, pages: this.#pages });
    const read = await this.#options.logs.events(key, page);
    if (read.kind === 'failed') return unreadable(key, read);
    return found(read.kind === 'read' ? read.value : read.kind);
  }

  observe(key: InstanceKey): Promise<ObserveResult> {
    return this.#options.observe(key);
  }

  now(): number {
    return this.#options.clock.monotonic();
  }

  sleep(delayMillis: number): Promise<void> {
    return this.#options.clock.sleep(millis(delayMillis));
  }

  /** Why not to go on, or null. Asked before everything that takes time. */
  refusal(): SearchRefusal | null {
    if (!this.#options.mayGoOn()) return refuse('called-off', 'this node may not go on');
    if (this.#pages >= this.limits.pagesMax)
      return refuse('too-long', `the search was given up after ${this.#pages} pages of events`);
    return this.now() < this.#endsAt
      ? null
      : refuse('too-long', `the search was given up after ${Math.round(this.limits.millisMax / 1_000)} seconds`);
  }
}

function unreadable(key: InstanceKey, read: Exclude<LogRead<never>, { kind: 'read' }>): SearchRefusal {
  const why = read.kind === 'failed' ? read.failure.text : 'it has no such log';
  return refuse('unreadable', `the logs of ${instanceKeyText(key)} cannot be read: ${why}`);
}
