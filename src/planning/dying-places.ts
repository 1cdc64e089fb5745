/**
 * Data centers that are being lost (B7): whoever is promoted there is lost next. Told by how many of their servers do not answer, whatever clusters those are of. Pure.
 */
import type { UnixMillis } from '../model/brand.ts';
import type { Instance } from '../model/instance.ts';
import type { InstanceKey } from '../model/instance-key.ts';
import { isLastCheckValid } from '../model/instance-status.ts';

/** Fewer servers than that say nothing of the place that they are in. */
const SERVERS_MIN = 4;

/** More than this part of them does not answer. */
const SILENT_PART = 0.5;

/** One that has been silent for longer has nothing to do with what happens now. */
const RECENT_MILLIS = 600_000;

/** `isOutOfService`: its silence says nothing. */
export function dyingDataCenters(
  servers: Iterable<Instance>,
  now: UnixMillis,
  isOutOfService: (key: InstanceKey) => boolean,
): ReadonlySet<string> {
  const counts = ({ key, lastSeen }: Instance): boolean =>
    lastSeen !== null && now - lastSeen < RECENT_MILLIS && !isOutOfService(key);
  const seen = new Map<string, { all: number; silent: number }>();
  for (const server of servers) {
    if (server.dataCenter === '' || !counts(server)) continue;
    const place = seen.get(server.dataCenter) ?? { all: 0, silent: 0 };
    place.all += 1;
    if (!isLastCheckValid(server)) place.silent += 1;
    seen.set(server.dataCenter, place);
  }
  const isDying = ({ all, silent }: { readonly all: number; readonly silent: number }): boolean =>
    all >= SERVERS_MIN && silent > all * SILENT_PART;
  return new Set([...seen].flatMap(([name, place]) => (isDying(place) ? [name] : [])));
}
