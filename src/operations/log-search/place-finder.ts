/**
 * Where a server that was stopped stands in the binary logs of another: for plans that match by pseudo-GTID (`PlanRunnerOptions.findPlace`).
 */
import type { FoundPlace } from '../../execution/runner-options.ts';
import type { Instance } from '../../model/instance.ts';
import type { InstanceKey } from '../../model/instance-key.ts';
import type { TopologyServers } from '../../ports/topology-servers.ts';
import { correlate } from './correlate.ts';
import type { LogSearch } from './log-search.ts';

export interface PlaceFinderOptions {
  readonly servers: Pick<TopologyServers, 'observe'>;
  /** A search of its own for each place: limits count from its beginning. */
  readonly beginSearch: (mayGoOn: () => boolean) => LogSearch;
}

/** For reading the server in whose logs is searched. */
const OBSERVE_MILLIS = 5_000;

export function placeFinder({ servers, beginSearch }: PlaceFinderOptions) {
  return async (own: Instance, within: InstanceKey, mayGoOn: () => boolean): Promise<FoundPlace> => {
    const other = await servers.observe(within, OBSERVE_MILLIS);
    if (other.kind === 'failed') return { kind: 'failed', reason: other.failure.text };
    const place = await correlate(beginSearch(mayGoOn), { own, maximum: null, other: other.instance });
    return place.kind === 'found'
      ? { kind: 'found', coordinates: place.value.coordinates }
      : { kind: 'failed', reason: place.text };
  };
}
