/**
 * Observed instances: queued in the process, written behind. The queue belongs to the process and dies with it.
 */
import { blankInstance } from '../../model/blank-instance.ts';
import { LOST_IN_RECOVERY } from '../../model/decisions.ts';
import type { Instance } from '../../model/instance.ts';
import { type KeyId, keyId } from '../../model/instance-key.ts';
import type { ObservationChange, ObservationStore } from '../../ports/observation-store.ts';
import type { MemoryEngine } from './engine.ts';
import { inKeyOrder } from './rows.ts';
import { storedInstance, storedTimes } from './stored-instance.ts';
import type { Tables } from './tables.ts';

/** Version of a server nobody has asked yet (spec/backend-schema.md 5.1). */
const UNSEEN_VERSION = 'Unknown';

interface Queued {
  readonly instance: Instance;
  readonly change: ObservationChange;
}

/** The newer observation; its facts are due if either's were. */
const merged = (older: Queued | undefined, newer: Queued): Queued =>
  older?.change === 'facts' ? { instance: newer.instance, change: 'facts' } : newer;

/** Where the row of an update of the times is gone, the whole row is written. */
function rowFor({ instances }: Tables, { instance, change }: Queued): Instance {
  const known = instances.get(keyId(instance.key));
  return known === undefined || change === 'facts' ? storedInstance(instance) : { ...known, ...storedTimes(instance) };
}

/** All of it or nothing: the rows are made before the first is written. */
function writeAll(tables: Tables, batch: Iterable<Queued>): void {
  const rows = [...batch].map((queued) => rowFor(tables, queued));
  for (const row of rows) tables.instances.set(keyId(row.key), row);
}

/**
 * What was derived from observing the server goes with it. What people decided stays; `lost-in-recovery` is no person's decision and would be
 * prolonged for ever.
 */
function deleteWithDerived({ instances, lastAnalyses, downtimes }: Tables, id: KeyId): boolean {
  lastAnalyses.delete(id);
  if (downtimes.get(id)?.reason === LOST_IN_RECOVERY) downtimes.delete(id);
  return instances.delete(id);
}

type InstanceStore = Pick<ObservationStore, 'loadInstances' | 'queue' | 'seed' | 'flush' | 'forget'>;

export function instanceStore(engine: MemoryEngine): InstanceStore {
  /** One entry a server: the queue cannot grow beyond the fleet. */
  let waiting = new Map<KeyId, Queued>();
  let flushing: Promise<void> = Promise.resolve();

  const enqueue = (queued: Queued): void => {
    const id = keyId(queued.instance.key);
    waiting.set(id, merged(waiting.get(id), queued));
  };

  async function writeWaiting(): Promise<void> {
    if (waiting.size === 0) return;
    const taken = waiting;
    waiting = new Map();
    try {
      await engine.write((tables) => writeAll(tables, taken.values()));
    } catch (error) {
      const newer = waiting;
      waiting = taken;
      for (const queued of newer.values()) enqueue(queued);
      throw error;
    }
  }

  function flush(): Promise<void> {
    const written = flushing.then(writeWaiting);
    // One failure must not fail the flushes after it.
    flushing = written.catch(() => {});
    return engine.answer(written);
  }

  return {
    loadInstances: () => engine.read(({ instances }) => inKeyOrder(instances)),

    queue: (instance, change) => enqueue({ instance, change }),

    seed: (key) =>
      engine.write(({ instances }) => {
        if (instances.has(keyId(key))) return;
        instances.set(keyId(key), storedInstance({ ...blankInstance(key), version: UNSEEN_VERSION }));
      }),

    flush,

    async forget(key) {
      // A batch under way could bring the row back after the delete.
      await flushing;
      waiting.delete(keyId(key));
      return engine.write((tables) => deleteWithDerived(tables, keyId(key)));
    },
  };
}
