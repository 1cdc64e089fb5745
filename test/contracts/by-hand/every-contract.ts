/**
 * What every backend on SQL does about rows that people and other programs write, and what they find in its tables.
 */
import { describe } from 'vitest';
import type { NewSqlWorld } from '../world.ts';
import { candidatesByHand } from './candidates.ts';
import { downtimesByHand } from './downtimes.ts';
import { maintenanceByHand } from './maintenance.ts';
import { nodesByHand } from './nodes.ts';
import { observationsByHand } from './observations.ts';
import { operationsByHand } from './operations.ts';
import { poolsByHand } from './pools.ts';
import { recordsByHand } from './records.ts';
import { recoveriesByHand } from './recoveries.ts';

const CONTRACTS = [
  candidatesByHand,
  downtimesByHand,
  maintenanceByHand,
  nodesByHand,
  observationsByHand,
  operationsByHand,
  poolsByHand,
  recordsByHand,
  recoveriesByHand,
];

export function everyContractByHand(newWorld: NewSqlWorld): void {
  describe('written and read by hand:', () => {
    for (const contract of CONTRACTS) contract(newWorld);
  });
}
