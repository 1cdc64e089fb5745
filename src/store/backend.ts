/**
 * The backend as the other stages see it, made of its repositories on one engine.
 */

import type { AnalysisChangelogStore } from '../ports/analysis-changelog-store.ts';
import type { CoordinatesHistoryStore } from '../ports/coordinates-history-store.ts';
import type { Backend } from '../ports/decision-store.ts';
import type { ErrantSightingStore } from '../ports/errant-sighting-store.ts';
import type { ObservationStore } from '../ports/observation-store.ts';
import type { PositionEquivalenceStore } from '../ports/position-equivalence-store.ts';
import type { PseudoGtidStore } from '../ports/pseudo-gtid-store.ts';
import type { ReprovisionStore } from '../ports/reprovision-store.ts';
import type { SnapshotStore } from '../ports/snapshot-store.ts';
import type { StaleCoordinatesStore } from '../ports/stale-coordinates-store.ts';
import type { StandingStillStore } from '../ports/standing-still-store.ts';
import type { Engine } from './engine.ts';
import { acknowledgementStore } from './repositories/acknowledgements.ts';
import { aliasStore } from './repositories/aliases.ts';
import { analysisLog } from './repositories/analysis-log.ts';
import { auditStore } from './repositories/audit.ts';
import { blockedRecoveryStore } from './repositories/blocked-recoveries.ts';
import { candidateStore } from './repositories/candidates.ts';
import { coordinatesHistory } from './repositories/coordinates-history.ts';
import { detectionStore } from './repositories/detections.ts';
import { downtimeStore } from './repositories/downtimes.ts';
import { electionStore } from './repositories/election.ts';
import { errantSightingStore } from './repositories/errant-sightings.ts';
import { globalSwitchStore } from './repositories/global-switch.ts';
import { hostAttributeStore } from './repositories/host-attributes.ts';
import { journalStore } from './repositories/journal.ts';
import { maintenanceStore } from './repositories/maintenance.ts';
import { nameStore } from './repositories/names.ts';
import { nodeStore } from './repositories/nodes.ts';
import { instanceStore } from './repositories/observations.ts';
import { poolStore } from './repositories/pools.ts';
import { positionEquivalences } from './repositories/position-equivalences.ts';
import { pseudoGtidStore } from './repositories/pseudo-gtid.ts';
import { purging } from './repositories/purge.ts';
import { recoveryRecordStore } from './repositories/recoveries.ts';
import { recoveryStepStore } from './repositories/recovery-steps.ts';
import { reprovisionStore } from './repositories/reprovisions.ts';
import { snapshotStore } from './repositories/snapshots.ts';
import { staleCoordinates } from './repositories/stale-coordinates.ts';
import { standingStillStore } from './repositories/standing-still.ts';
import { tagStore } from './repositories/tags.ts';

export type StoreBackend = Backend &
  ObservationStore &
  SnapshotStore &
  StaleCoordinatesStore &
  AnalysisChangelogStore &
  PositionEquivalenceStore &
  CoordinatesHistoryStore &
  PseudoGtidStore &
  ErrantSightingStore &
  StandingStillStore &
  ReprovisionStore;

export function backendOn(engine: Engine): StoreBackend {
  const instances = instanceStore(engine);
  return {
    name: engine.name,
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
    ...journalStore(engine),
    ...auditStore(engine),
    ...nodeStore(engine),
    ...electionStore(engine),
    ...snapshotStore(engine),
    ...purging(engine),
    /** Writes what is still queued; closes in any case. Rejects when that could not be written. */
    async close() {
      try {
        await instances.flush();
      } finally {
        await engine.close();
      }
    },
  };
}
