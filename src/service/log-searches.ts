/**
 * Searches in servers' logs, as the configuration wants them: what reads, by which rules, from where, and for how long.
 */

import { findsMatch } from '../config/regular-expression.ts';
import type { Settings } from '../config/settings.ts';
import { previousRelayCoordinates, recentSelfCoordinates } from '../model/coordinates-history.ts';
import { BinaryLogsOfLinks, type BinaryLogsOfLinksOptions } from '../mysql/binary-logs-of-links.ts';
import { FoundEntries } from '../operations/log-search/found-entries.ts';
import {
  LogSearch,
  type PositionHints,
  type SearchProgress,
  type SearchRules,
} from '../operations/log-search/log-search.ts';
import { placeFinder } from '../operations/log-search/place-finder.ts';
import { markerRules } from '../planning/log-search/marker-rules.ts';
import type { Clock } from '../ports/clock.ts';
import type { CoordinatesHistoryStore } from '../ports/coordinates-history-store.ts';
import type { TopologyServers } from '../ports/topology-servers.ts';

export interface LogSearchesOptions {
  readonly settings: () => Settings;
  readonly link: BinaryLogsOfLinksOptions['link'];
  readonly connectMillis: () => number;
  readonly servers: Pick<TopologyServers, 'observe'>;
  readonly history: Pick<CoordinatesHistoryStore, 'loadCoordinatesHistory'>;
  readonly clock: Clock;
  /** `--skip-binlog-search` */
  readonly relayLogsOnly?: boolean;
  readonly onProgress?: (progress: SearchProgress) => void;
}

const MILLIS_PER_SECOND = 1_000;

/** For a server that lags, before the next of its files is searched. */
const OBSERVE_MILLIS = 5_000;

/** `BinlogEventsChunkSize` that is no number of events. */
const PAGE_EVENTS_DEFAULT = 10_000;

export class LogSearches {
  readonly #options: LogSearchesOptions;
  readonly #logs: BinaryLogsOfLinks;
  readonly #entries = new FoundEntries();
  /** For plans that match by pseudo-GTID (`PlanRunnerOptions.findPlace`). */
  readonly findPlace: ReturnType<typeof placeFinder>;

  constructor(options: LogSearchesOptions) {
    this.#options = options;
    const { settings, link, connectMillis, servers } = options;
    this.#logs = new BinaryLogsOfLinks({
      link,
      timeouts: () => ({
        connectMillis: connectMillis(),
        answerMillis: settings().MySQLTopologyReadTimeoutSeconds * MILLIS_PER_SECOND,
      }),
    });
    this.findPlace = placeFinder({ servers, beginSearch: (mayGoOn) => this.begin(mayGoOn) });
  }

  /** One for each search: limits count from its beginning. */
  begin(mayGoOn: () => boolean = () => true): LogSearch {
    const { settings, servers, clock, relayLogsOnly = false, onProgress } = this.#options;
    return new LogSearch({
      logs: this.#logs,
      clock,
      rules: searchRules(settings(), relayLogsOnly),
      hints: this.#hints(),
      entries: this.#entries,
      observe: (key) => servers.observe(key, OBSERVE_MILLIS),
      mayGoOn,
      ...(onProgress === undefined ? {} : { onProgress }),
    });
  }

  #hints(): PositionHints {
    const { history, clock } = this.#options;
    return {
      recentSelf: async (key) => recentSelfCoordinates(await history.loadCoordinatesHistory(key), clock.now()),
      previousRelay: async (key, current) =>
        previousRelayCoordinates(await history.loadCoordinatesHistory(key), current),
    };
  }
}

export function searchRules(settings: Settings, relayLogsOnly: boolean): SearchRules {
  const { BinlogEventsChunkSize, SkipBinlogEventsContaining, ReasonableMaintenanceReplicationLagSeconds } = settings;
  return {
    markers: markerRules({
      pattern: settings.PseudoGTIDPattern,
      isFixedSubstring: settings.PseudoGTIDPatternIsFixedSubstring,
      monotonicHint: settings.PseudoGTIDMonotonicHint,
      finds: findsMatch,
    }),
    pageEvents: BinlogEventsChunkSize > 0 ? BinlogEventsChunkSize : PAGE_EVENTS_DEFAULT,
    skippedTexts: SkipBinlogEventsContaining,
    lagSecondsMax: ReasonableMaintenanceReplicationLagSeconds,
    relayLogsOnly,
  };
}
