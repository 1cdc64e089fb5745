/**
 * Equal places in the binary logs of two servers (spec/topology-operations.md 1.11).
 */
import { compareCoordinates, hasNoFile } from '../../model/binlog-coordinates.ts';
import { sameKey } from '../../model/instance-key.ts';
import type { Equivalence, PositionEquivalenceStore } from '../../ports/position-equivalence-store.ts';
import type { MemoryEngine } from './engine.ts';
import { nextId } from './rows.ts';
import { storedKey } from './stored-keys.ts';
import { isBefore, type StoredTime, storedTime } from './timestamp.ts';

export interface EquivalenceRow {
  readonly id: number;
  readonly one: Equivalence;
  readonly other: Equivalence;
  readonly suggested: StoredTime;
}

const isPlace = (one: Equivalence, other: Equivalence): boolean =>
  sameKey(one.source, other.source) && compareCoordinates(one.coordinates, other.coordinates) === 0;

const storedPlace = ({ source, coordinates: { file, pos } }: Equivalence): Equivalence => ({
  source: storedKey(source),
  coordinates: { file, pos, type: 'binary' },
});

const newestFirst = (one: EquivalenceRow, other: EquivalenceRow): number =>
  other.suggested - one.suggested || other.id - one.id;

export const positionEquivalences = (engine: MemoryEngine): PositionEquivalenceStore => ({
  saveEquivalence: (one, other, at) =>
    engine.write((tables) => {
      if (sameKey(one.source, other.source) || hasNoFile(one.coordinates) || hasNoFile(other.coordinates)) return;
      const isTaken = (row: EquivalenceRow) => isPlace(row.one, one) && sameKey(row.other.source, other.source);
      const id = tables.equivalences.find(isTaken)?.id ?? nextId(tables.equivalences);
      const row = { id, one: storedPlace(one), other: storedPlace(other), suggested: storedTime(at) };
      const others = tables.equivalences.filter((known) => known.id !== id);
      tables.equivalences = [...others, row].sort((left, right) => left.id - right.id);
    }),

  loadEquivalences: (place) =>
    engine.read(({ equivalences }) => {
      const places = equivalences.toSorted(newestFirst).flatMap(({ one, other }) => {
        if (isPlace(place, one)) return [other];
        return isPlace(place, other) ? [one] : [];
      });
      return places.filter((found, i) => places.findIndex((earlier) => isPlace(found, earlier)) === i);
    }),

  deleteEquivalencesOlderThan: (oldest) =>
    engine.write((tables) => {
      const left = tables.equivalences.filter((row) => !isBefore(row.suggested, oldest));
      const deleted = tables.equivalences.length - left.length;
      tables.equivalences = left;
      return deleted;
    }),
});
