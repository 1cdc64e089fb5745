/**
 * What every backend does, whatever it lies on.
 */
import { candidatesContract } from './candidates.ts';
import { coordinatesHistoryContract } from './coordinates-history.ts';
import { detectionsContract } from './detections.ts';
import { downtimesContract } from './downtimes.ts';
import { errantSightingsContract } from './errant-sightings.ts';
import { hostAttributesContract } from './host-attributes.ts';
import { instancesContract } from './instances.ts';
import { maintenanceContract } from './maintenance.ts';
import { nodesContract } from './nodes.ts';
import { observationsContract } from './observations.ts';
import { poolsContract } from './pools.ts';
import { positionEquivalencesContract } from './position-equivalences.ts';
import { pseudoGtidContract } from './pseudo-gtid.ts';
import { recordsContract } from './records.ts';
import { recoveriesContract } from './recoveries.ts';
import { reprovisionContract } from './reprovisions.ts';
import { snapshotsContract } from './snapshots.ts';
import { staleCoordinatesContract } from './stale-coordinates.ts';
import { standingStillContract } from './standing-still.ts';
import { tagsContract } from './tags.ts';
import type { NewWorld } from './world.ts';

const CONTRACTS = [
  candidatesContract,
  coordinatesHistoryContract,
  detectionsContract,
  downtimesContract,
  errantSightingsContract,
  hostAttributesContract,
  instancesContract,
  maintenanceContract,
  nodesContract,
  observationsContract,
  poolsContract,
  positionEquivalencesContract,
  pseudoGtidContract,
  recordsContract,
  recoveriesContract,
  snapshotsContract,
  staleCoordinatesContract,
  standingStillContract,
  reprovisionContract,
  tagsContract,
];

export function everyContract(newWorld: NewWorld): void {
  for (const contract of CONTRACTS) contract(newWorld);
}
