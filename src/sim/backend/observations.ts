/**
 * Observed instances: queued in the process, written behind. The queue belongs to the process and dies with it.
 */
import { unseenInstance } from '../../model/blank-instance.ts';
import { LOST_IN_RECOVERY } from '../../model/decisions.ts';
import type { Instance } from '../../model/instance.ts';
import { type KeyId, keyId } from '../../model/instance-key.ts';
import { type Observation, ObservationQueue } from '../../model/observation-queue.ts';
import type { ObservationStore } from '../../ports/observation-store.ts';
import type { MemoryEngine } from './engine.ts';
import { inKeyOrder } from './rows.ts';
import { storedInstance, storedTimes } from './stored-instance.ts';
import type { Tables } from './tables.ts';

/** Where the row of an update of the times is gone, the whole row is written. */
function rowFor({ instances }: Tables, { instance, change }: Observation): Instance {
  const known = instances.get(keyId(instance.key));
  return known === undefined || change === 'facts' ? storedInstance(instance) : { ...known, ...storedTimes(instance) };
}

/** All of it or nothing: the rows are made before the first is written. */
function writeAll(tables: Tables, batch: Iterable<Observation>): void {
  const rows = [...batch].map((queued) => rowFor(tables, queued));
  for (const row of rows) tables.instances.set(keyId(row.key), row);
}

/**
 * What was derived from observing the server goes with it. What people decided stays; `lost-in-recovery` is no person's decision and would be
 * prolonged for ever.
 */
function deleteWithDerived(tables: Tables, id: KeyId): boolean {
  const { instances, lastAnalyses, staleCoordinates, errantSightings, standingStill, reprovisions, downtimes } = tables;
  lastAnalyses.delete(id);
  errantSightings.delete(id);
  standingStill.delete(id);
  reprovisions.delete(id);
  tables.coordinatesHistory = tables.coordinatesHistory.filter(({ key }) => keyId(key) !== id);
  staleCoordinates.delete(id);
  if (downtimes.get(id)?.reason === LOST_IN_RECOVERY) downtimes.delete(id);
  return instances.delete(id);
}

type InstanceStore = Pick<ObservationStore, 'loadInstances' | 'queue' | 'seed' | 'saveTlsDemand' | 'flush' | 'forget'>;

export function instanceStore(engine: MemoryEngine): InstanceStore {
  const queue = new ObservationQueue((batch) => engine.write((tables) => writeAll(tables, batch)));

  return {
    loadInstances: () => engine.read(({ instances }) => inKeyOrder(instances)),

    queue: (instance, change) => queue.add({ instance, change }),

    seed: (key) =>
      engine.write(({ instances }) => {
        if (instances.has(keyId(key))) return;
        instances.set(keyId(key), storedInstance(unseenInstance(key)));
      }),

    /** Nobody reads it back. */
    saveTlsDemand: () => engine.write(() => {}),

    flush: () => engine.answer(queue.flush()),

    async forget(key) {
      await queue.drop(key);
      return engine.write((tables) => deleteWithDerived(tables, keyId(key)));
    },
  };
}
