/** Searches in the logs of servers, by the rules of the configuration (spec/topology-operations.md 4). */
import { compileRegularExpression, findsMatch } from '../config/regular-expression.ts';
import type { Settings } from '../config/settings.ts';
import { previousRelayCoordinates, recentSelfCoordinates } from '../model/coordinates-history.ts';
import { FoundEntries } from '../operations/log-search/found-entries.ts';
import { LogSearch, type PositionHints, type SearchRules } from '../operations/log-search/log-search.ts';
import { markerRules } from '../planning/log-search/marker-rules.ts';
import type { BinaryLogs } from '../ports/binary-logs.ts';
import type { Clock } from '../ports/clock.ts';
import type { CoordinatesHistoryStore } from '../ports/coordinates-history-store.ts';
import type { Log } from '../ports/log.ts';
import type { TopologyServers } from '../ports/topology-servers.ts';

export interface LogSearchesParts {
  readonly logs: BinaryLogs;
  readonly servers: Pick<TopologyServers, 'observe'>;
  readonly history: Pick<CoordinatesHistoryStore, 'loadCoordinatesHistory'>;
  readonly settings: () => Settings;
  readonly clock: Clock;
  readonly log: Log;
  /** `--skip-binlog-search` */
  readonly relayLogsOnly: boolean;
}

const OBSERVE_MILLIS = 5_000;
/** Long searches say where they are, every so many pages. */
const PAGES_PER_LINE = 20;

export class LogSearches {
  readonly #parts: LogSearchesParts;
  readonly #entries = new FoundEntries();

  constructor(parts: LogSearchesParts) {
    this.#parts = parts;
  }

  /** A search of its own: its limits count from here. */
  begin(mayGoOn: () => boolean): LogSearch {
    const { logs, servers, clock, log } = this.#parts;
    return new LogSearch({
      logs,
      clock,
      rules: this.#rules(),
      hints: this.#hints(),
      entries: this.#entries,
      observe: (key) => servers.observe(key, OBSERVE_MILLIS),
      mayGoOn,
      onProgress: ({ key, file, pages }) => {
        if (pages % PAGES_PER_LINE === 0)
          log.info(`searching ${file} of ${key.hostname}:${key.port}; ${pages} pages of events read`);
      },
    });
  }

  #rules(): SearchRules {
    const settings = this.#parts.settings();
    return {
      markers: markersOf(settings),
      pageEvents: settings.BinlogEventsChunkSize,
      skippedTexts: settings.SkipBinlogEventsContaining,
      lagSecondsMax: settings.ReasonableMaintenanceReplicationLagSeconds,
      relayLogsOnly: this.#parts.relayLogsOnly,
    };
  }

  #hints(): PositionHints {
    const { history, clock } = this.#parts;
    return {
      recentSelf: async (key) => recentSelfCoordinates(await history.loadCoordinatesHistory(key), clock.now()),
      previousRelay: async (key, current) =>
        previousRelayCoordinates(await history.loadCoordinatesHistory(key), current),
    };
  }
}

/** Null: no pattern is configured, or one that is no regular expression. */
export function markersOf(settings: Settings) {
  const { PseudoGTIDPattern: pattern, PseudoGTIDPatternIsFixedSubstring: isFixedSubstring } = settings;
  if (!isFixedSubstring && pattern !== '' && compileRegularExpression(pattern).kind !== 'compiled') return null;
  return markerRules({
    pattern,
    isFixedSubstring,
    monotonicHint: settings.PseudoGTIDMonotonicHint,
    finds: findsMatch,
  });
}
