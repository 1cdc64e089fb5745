/**
 * When errant transactions were first seen, times in milliseconds.
 */
import { serverUuid, unixMillis } from '../../model/brand.ts';
import { compareKeys, keyId, sameKey } from '../../model/instance-key.ts';
import type { ErrantSightingOf, ErrantSightingStore } from '../../ports/errant-sighting-store.ts';
import type { MemoryEngine } from './engine.ts';
import { compareText } from './rows.ts';
import { storedKey } from './stored-keys.ts';

const inOrder = (one: ErrantSightingOf, other: ErrantSightingOf): number =>
  compareKeys(one.key, other.key) ||
  compareText(one.uuid, other.uuid) ||
  compareText(one.tag, other.tag) ||
  one.first - other.first;

export const errantSightingStore = (engine: MemoryEngine): ErrantSightingStore => ({
  replaceErrantSightings: (key, sightings) =>
    engine.write(({ errantSightings }) => {
      const rows = sightings.map(({ uuid, tag, first, last, firstSeen }) => ({
        key: storedKey(key),
        uuid: serverUuid(uuid),
        tag,
        first,
        last,
        firstSeen: unixMillis(Math.trunc(firstSeen)),
      }));
      if (rows.length === 0) errantSightings.delete(keyId(key));
      else errantSightings.set(keyId(key), rows);
    }),

  loadErrantSightings: (key) =>
    engine.read(({ errantSightings }) =>
      [...errantSightings.values()]
        .flat()
        .filter((row) => key === undefined || sameKey(row.key, key))
        .sort(inOrder),
    ),
});
