/**
 * A backend without a database, for the deterministic simulation: the answers of the SQL backends, on a simulated disk.
 *
 * The disk outlives its processes; each process opens a handle of its own, with a queue of observations of its own.
 */

import type { AnalysisChangelogStore } from '../../ports/analysis-changelog-store.ts';
import type { CoordinatesHistoryStore } from '../../ports/coordinates-history-store.ts';
import type { Backend } from '../../ports/decision-store.ts';
import type { ErrantSightingStore } from '../../ports/errant-sighting-store.ts';
import type { ObservationStore } from '../../ports/observation-store.ts';
import type { PositionEquivalenceStore } from '../../ports/position-equivalence-store.ts';
import type { PseudoGtidStore } from '../../ports/pseudo-gtid-store.ts';
import type { ReprovisionStore } from '../../ports/reprovision-store.ts';
import type { SnapshotStore } from '../../ports/snapshot-store.ts';
import type { StaleCoordinatesStore } from '../../ports/stale-coordinates-store.ts';
import type { StandingStillStore } from '../../ports/standing-still-store.ts';
import { acknowledgementStore } from './acknowledgements.ts';
import { aliasStore } from './aliases.ts';
import { analysisLog } from './analysis-log.ts';
import { auditStore } from './audit.ts';
import { blockedRecoveryStore } from './blocked-recoveries.ts';
import { candidateStore } from './candidates.ts';
import { coordinatesHistory } from './coordinates-history.ts';
import { detectionStore } from './detections.ts';
import { MemoryDisk } from './disk.ts';
import { downtimeStore } from './downtimes.ts';
import { electionStore } from './election.ts';
import { memoryEngine } from './engine.ts';
import { errantSightingStore } from './errant-sightings.ts';
import { globalSwitchStore } from './global-switch.ts';
import { hostAttributeStore } from './host-attributes.ts';
import { journalStore } from './journal.ts';
import { maintenanceStore } from './maintenance.ts';
import { nameStore } from './names.ts';
import { nodeStore } from './nodes.ts';
import { instanceStore } from './observations.ts';
import { poolStore } from './pools.ts';
import { positionEquivalences } from './position-equivalences.ts';
import { pseudoGtidStore } from './pseudo-gtid.ts';
import { purging } from './purge.ts';
import { recoveryRecordStore } from './recoveries.ts';
import { recoveryStepStore } from './recovery-steps.ts';
import { reprovisionStore } from './reprovisions.ts';
import { snapshotStore } from './snapshots.ts';
import { staleCoordinates } from './stale-coordinates.ts';
import { standingStillStore } from './standing-still.ts';
import { tagStore } from './tags.ts';

export interface MemoryBackend
  extends Backend,
    ObservationStore,
    SnapshotStore,
    StaleCoordinatesStore,
    AnalysisChangelogStore,
    PositionEquivalenceStore,
    CoordinatesHistoryStore,
    PseudoGtidStore,
    ErrantSightingStore,
    StandingStillStore,
    ReprovisionStore {
  /** To break it, to open it again after this process, or to write by hand what no call writes. */
  readonly disk: MemoryDisk;
  /**
   * The process is gone without warning: what it had queued is lost, and its code gets no answer any more, neither to what it asked before
   * nor to what it asks now. What it had written stays on the disk.
   */
  kill(): void;
}

/** What a starting process does. Several may have one disk open at a time. Opens a broken disk too: its first call rejects. */
export function openMemoryBackend(disk: MemoryDisk): MemoryBackend {
  const engine = memoryEngine(disk);
  const instances = instanceStore(engine);
  return {
    name: engine.name,
    disk,
    ...instances,
    ...nameStore(engine),
    ...aliasStore(engine),
    ...analysisLog(engine),
    ...staleCoordinates(engine),
    ...positionEquivalences(engine),
    ...coordinatesHistory(engine),
    ...pseudoGtidStore(engine),
    ...errantSightingStore(engine),
    ...standingStillStore(engine),
    ...reprovisionStore(engine),
    ...downtimeStore(engine),
    ...maintenanceStore(engine),
    ...candidateStore(engine),
    ...tagStore(engine),
    ...poolStore(engine),
    ...hostAttributeStore(engine),
    ...detectionStore(engine),
    ...recoveryRecordStore(engine),
    ...acknowledgementStore(engine),
    ...recoveryStepStore(engine),
    ...blockedRecoveryStore(engine),
    ...globalSwitchStore(engine),
    ...journalStore(engine, disk),
    ...auditStore(engine),
    ...nodeStore(engine),
    ...electionStore(engine),
    ...snapshotStore(engine),
    ...purging(engine),
    kill: engine.kill,
    /** Writes what is still queued; closes in any case. Rejects when that could not be written. */
    async close() {
      try {
        await instances.flush();
      } finally {
        engine.close();
      }
    },
  };
}

/** A process on a new, empty disk. */
export const memoryBackend = (): MemoryBackend => openMemoryBackend(new MemoryDisk());
