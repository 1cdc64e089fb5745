/**
 * Questions about binary and relay logs (spec/topology-operations.md O34, O45 to O49). They read servers and change none.
 */
import type { Discovery } from '../discovery/discovery.ts';
import type { BinlogEvent } from '../model/binlog-event.ts';
import type { Instance } from '../model/instance.ts';
import { type InstanceKey, instanceKeyText } from '../model/instance-key.ts';
import { correlate } from '../operations/log-search/correlate.ts';
import { correlateRelayLogs } from '../operations/log-search/correlate-relay-logs.ts';
import { findEntry } from '../operations/log-search/find-entry.ts';
import { lastExecutedEntry } from '../operations/log-search/last-executed-entry.ts';
import { lastMarker } from '../operations/log-search/last-marker.ts';
import { locateErrant } from '../operations/log-search/locate-errant.ts';
import type { Search } from '../operations/log-search/search-refusal.ts';
import { type FoundEntry, type InspectionCalls, type Outcome, ok, refused } from './calls.ts';
import type { LogSearches } from './log-searches.ts';

export type LogSearchCalls = Pick<
  InspectionCalls,
  | 'locateErrantGtid'
  | 'lastPseudoGtid'
  | 'findBinlogEntry'
  | 'correlateBinlogPosition'
  | 'correlateRelayLogPosition'
  | 'lastExecutedRelayEntry'
>;

export interface LogSearchParts {
  readonly searches: Pick<LogSearches, 'begin'>;
  readonly topology: { get(key: InstanceKey): Instance | undefined };
  readonly discovery: Pick<Discovery, 'readAfresh'>;
}

export function logSearchCalls({ searches, topology, discovery }: LogSearchParts): LogSearchCalls {
  const live = async (key: InstanceKey): Promise<Outcome<Instance>> => {
    const read = await discovery.readAfresh(key);
    return read.kind === 'observed' ? ok(read.instance) : refused('unreachable', read.failure.text);
  };
  const stored = (key: InstanceKey): Outcome<Instance> => {
    const known = topology.get(key);
    return known === undefined ? refused('unknown-instance', `${instanceKeyText(key)} is not known`) : ok(known);
  };
  return {
    locateErrantGtid: (key) => withServer(live(key), (own) => locateErrant(searches.begin(), own)),
    lastPseudoGtid: (key, { allLogs, live: isLive }) =>
      withServer(isLive ? live(key) : stored(key), async (own) =>
        entryOf(await lastMarker(searches.begin(), own, { allLogs, otherFormat: null, maximum: null })),
      ),
    findBinlogEntry: (key, text) =>
      withServer(stored(key), ({ key: own }) =>
        findEntry(searches.begin(), { key: own, text, ascendingBy: null, beforeFile: async () => null }),
      ),
    correlateBinlogPosition: (key, coordinates, other) =>
      withServer(live(key), (own) =>
        withServer(live(other), async (second) => {
          const maximum = coordinates ?? own.selfCoordinates;
          const place = await correlate(searches.begin(), { own, maximum, other: second });
          return place.kind === 'found' ? { kind: 'found', value: place.value.coordinates } : place;
        }),
      ),
    correlateRelayLogPosition: (key, coordinates, other) =>
      withServer(live(key), (own) =>
        withServer(live(other), (second) => correlateRelayLogs(searches.begin(), own, coordinates, second)),
      ),
    lastExecutedRelayEntry: (key) =>
      withServer(live(key), async (own) => entryOf(await lastExecutedEntry(searches.begin(), own))),
  };
}

/** With the server as it is, or why not. */
async function withServer<Value>(
  instance: Outcome<Instance> | Promise<Outcome<Instance>>,
  work: (instance: Instance) => Promise<Search<Value> | Outcome<Value>>,
): Promise<Outcome<Value>> {
  const seen = await instance;
  if (seen.kind === 'refused') return seen;
  const result = await work(seen.value);
  if (result.kind === 'ok') return result;
  if (result.kind === 'found') return ok(result.value);
  return 'refusal' in result ? result : refused(result.code, result.text);
}

const entryOf = (search: Search<BinlogEvent>): Search<FoundEntry> =>
  search.kind === 'found'
    ? { kind: 'found', value: { coordinates: search.value.coordinates, text: search.value.info } }
    : search;
