/**
 * Brings a backend file up to the declared schema and records that in `orchestrator_db_deployments` (spec/backend-schema.md 2).
 */
import type { DatabaseSync } from 'node:sqlite';
import {
  type DeploymentOptions,
  type DeploymentResult,
  DROPPED_VIEWS,
  deploymentVerdict,
  hasRecords,
} from '../deployment.ts';
import { type DeploymentStep, planDeployment } from '../deployment-plan.ts';
import { ALL_TABLES } from '../schema/schema.ts';
import { timestampText } from '../timestamp.ts';
import { stepSql } from './ddl.ts';
import { indexNames, introspect } from './introspect.ts';
import { normaliseTimestamps } from './normalise-timestamps.ts';

function isRecorded(database: DatabaseSync, version: string): boolean {
  const found = database.prepare('select 1 from orchestrator_db_deployments where deployed_version = ?').get(version);
  return found !== undefined;
}

const planFor = (database: DatabaseSync): readonly DeploymentStep[] => planDeployment(ALL_TABLES, introspect(database));

function takeSteps(database: DatabaseSync, steps: readonly DeploymentStep[]): void {
  for (const step of steps) {
    const taken = indexNames(database);
    database.exec(stepSql(step, (name) => taken.has(name)));
  }
}

function deployNow(database: DatabaseSync, options: DeploymentOptions): DeploymentResult {
  const now = timestampText(options.now);
  for (const view of DROPPED_VIEWS) database.exec(`drop view if exists ${view}`);
  const steps = planFor(database);
  takeSteps(database, steps);
  database
    .prepare(
      'insert into active_node (anchor, hostname, token, first_seen_active, last_seen_active) ' +
        "values (1, '', '', ?, ?) on conflict do nothing",
    )
    .run(now, now);
  normaliseTimestamps(database);
  database
    .prepare('replace into orchestrator_db_deployments (deployed_version, deployed_timestamp) values (?, ?)')
    .run(options.version, now);
  return { kind: 'deployed', steps };
}

/** Decides under the write lock, so that two processes starting at once do not both create. */
function decide(database: DatabaseSync, options: DeploymentOptions): DeploymentResult {
  const steps = planFor(database);
  const verdict = deploymentVerdict(steps, hasRecords(steps) && isRecorded(database, options.version), options);
  switch (verdict.kind) {
    case 'deploy':
      return deployNow(database, options);
    case 'current':
      return { kind: 'current' };
    case 'refused':
      return verdict;
  }
}

/** Creates what is missing, in one transaction. Idempotent. Throws SQLite's errors; the file is then as it was. */
export function deploySchema(database: DatabaseSync, options: DeploymentOptions): DeploymentResult {
  database.exec('begin immediate');
  try {
    const result = decide(database, options);
    database.exec(result.kind === 'deployed' ? 'commit' : 'rollback');
    return result;
  } catch (error) {
    if (database.isTransaction) database.exec('rollback');
    throw error;
  }
}
