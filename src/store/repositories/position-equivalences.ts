/**
 * Equal places in the binary logs of two servers (`master_position_equivalence`; spec/topology-operations.md 1.11).
 */
import type { Selectable } from 'kysely';
import { compareCoordinates, hasNoFile } from '../../model/binlog-coordinates.ts';
import { sameKey } from '../../model/instance-key.ts';
import type { Equivalence, PositionEquivalenceStore } from '../../ports/position-equivalence-store.ts';
import type { Engine } from '../engine.ts';
import type { Database } from '../schema/schema.ts';
import { timestampText } from '../timestamp.ts';

const TABLE = 'master_position_equivalence';

type Row = Selectable<Database[typeof TABLE]>;

const asFirst = ({ source, coordinates }: Equivalence) => ({
  master1_hostname: source.hostname,
  master1_port: source.port,
  master1_binary_log_file: coordinates.file,
  master1_binary_log_pos: coordinates.pos,
});

const asSecond = ({ source, coordinates }: Equivalence) => ({
  master2_hostname: source.hostname,
  master2_port: source.port,
  master2_binary_log_file: coordinates.file,
  master2_binary_log_pos: coordinates.pos,
});

const firstOf = (row: Row): Equivalence => ({
  source: { hostname: row.master1_hostname, port: row.master1_port },
  coordinates: { file: row.master1_binary_log_file, pos: Number(row.master1_binary_log_pos), type: 'binary' },
});

const secondOf = (row: Row): Equivalence => ({
  source: { hostname: row.master2_hostname, port: row.master2_port },
  coordinates: { file: row.master2_binary_log_file, pos: Number(row.master2_binary_log_pos), type: 'binary' },
});

const isPlace = (one: Equivalence, other: Equivalence): boolean =>
  sameKey(one.source, other.source) && compareCoordinates(one.coordinates, other.coordinates) === 0;

/** None where a table of the reference, which compares without regard to case, has found another name. */
function otherSideOf(row: Row, place: Equivalence): readonly Equivalence[] {
  if (isPlace(place, firstOf(row))) return [secondOf(row)];
  return isPlace(place, secondOf(row)) ? [firstOf(row)] : [];
}

/** Written in both directions at different times, a pair has two rows. */
const distinct = (places: readonly Equivalence[]): readonly Equivalence[] =>
  places.filter((place, i) => places.findIndex((other) => isPlace(place, other)) === i);

export function positionEquivalences(engine: Engine): PositionEquivalenceStore {
  const { db } = engine;
  return {
    async saveEquivalence(one, other, at) {
      if (sameKey(one.source, other.source) || hasNoFile(one.coordinates) || hasNoFile(other.coordinates)) return;
      const row = { ...asFirst(one), ...asSecond(other), last_suggested: timestampText(at) };
      await engine.transaction(async (transaction) => {
        const { source, coordinates } = one;
        const renewed = await transaction
          .updateTable(TABLE)
          .set(row)
          .where('master1_hostname', '=', source.hostname)
          .where('master1_port', '=', source.port)
          .where('master1_binary_log_file', '=', coordinates.file)
          .where('master1_binary_log_pos', '=', coordinates.pos)
          .where('master2_hostname', '=', other.source.hostname)
          .where('master2_port', '=', other.source.port)
          .executeTakeFirst();
        if (renewed.numUpdatedRows === 0n) await transaction.insertInto(TABLE).values(row).execute();
      });
    },

    async loadEquivalences(place) {
      const rows = await db
        .selectFrom(TABLE)
        .selectAll()
        .where(({ or, and }) => or([and(asFirst(place)), and(asSecond(place))]))
        .orderBy('last_suggested', 'desc')
        .orderBy('equivalence_id', 'desc')
        .execute();
      return distinct(rows.flatMap((row) => otherSideOf(row, place)));
    },

    async deleteEquivalencesOlderThan(oldest) {
      const result = await db.deleteFrom(TABLE).where('last_suggested', '<', timestampText(oldest)).executeTakeFirst();
      return Number(result.numDeletedRows);
    },
  };
}
