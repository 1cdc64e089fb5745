/**
 * Brings a database up to the declared schema and records that in `orchestrator_db_deployments` (spec/backend-schema.md 2).
 */
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
import type { MysqlConnection } from './connection.ts';
import { deploymentSql, quoted } from './ddl.ts';
import { isMissingPrivilege, isThereAlready } from './errors.ts';
import { introspect, type MysqlSchema } from './introspect.ts';
import { DEPLOYMENT_SESSION_SQL } from './session.ts';

/** Two processes that start at once may get into each other's way at every table, no more. */
const ROUNDS_MAX = 2 * ALL_TABLES.length;

const planFor = (schema: MysqlSchema): readonly DeploymentStep[] => planDeployment(ALL_TABLES, schema.tables);

async function isRecorded(connection: MysqlConnection, version: string): Promise<boolean> {
  const [found] = await connection.ask(
    connection.format('select 1 from orchestrator_db_deployments where deployed_version = ?', [version]),
  );
  return found !== undefined && found.rows.length > 0;
}

/** What is there; false when somebody else has created it meanwhile: then everything is to be looked at anew. */
async function takeSteps(connection: MysqlConnection, schema: MysqlSchema): Promise<boolean> {
  try {
    for (const sql of deploymentSql(planFor(schema), schema.collation, schema.tables)) await connection.ask(sql);
    return true;
  } catch (error) {
    if (!isThereAlready(error)) throw error;
    return false;
  }
}

/** One that a mightier account has made stays: it is of no use, and in nobody's way. */
async function dropIfAllowed(connection: MysqlConnection, view: string): Promise<void> {
  try {
    await connection.ask(`drop view if exists ${quoted(view)}`);
  } catch (error) {
    if (!isMissingPrivilege(error)) throw error;
  }
}

/** Statements that change a schema take effect one by one. What a failure or a death leaves half-way the next start goes on with. */
async function deployNow(
  connection: MysqlConnection,
  schema: MysqlSchema,
  options: DeploymentOptions,
): Promise<DeploymentResult> {
  const steps = planFor(schema);
  const now = timestampText(options.now);
  await connection.ask(DEPLOYMENT_SESSION_SQL);
  for (const view of DROPPED_VIEWS) {
    // Asked for one that is not there, a server demands the privilege to drop it nevertheless.
    if (schema.views.has(view)) await dropIfAllowed(connection, view);
  }
  let found = schema;
  for (let round = 1; !(await takeSteps(connection, found)); round += 1) {
    if (round >= ROUNDS_MAX) throw new Error('the backend schema changes all the time while it is deployed');
    found = await introspect(connection);
  }
  const activeNode =
    'insert into active_node (anchor, hostname, token, first_seen_active, last_seen_active) ' +
    "values (1, '', '', ?, ?) on duplicate key update anchor = anchor";
  await connection.ask(connection.format(activeNode, [now, now]));
  const record = 'replace into orchestrator_db_deployments (deployed_version, deployed_timestamp) values (?, ?)';
  await connection.ask(connection.format(record, [options.version, now]));
  return { kind: 'deployed', steps };
}

/**
 * Creates what is missing. Idempotent, also while another process does the same. Rejects with the server's errors. The session is not one to work
 * with afterwards.
 */
export async function deploySchema(
  connection: MysqlConnection,
  schema: MysqlSchema,
  options: DeploymentOptions,
): Promise<DeploymentResult> {
  const steps = planFor(schema);
  const recorded = hasRecords(steps) && (await isRecorded(connection, options.version));
  const verdict = deploymentVerdict(steps, recorded, options);
  switch (verdict.kind) {
    case 'deploy':
      return deployNow(connection, schema, options);
    case 'current':
      return { kind: 'current' };
    case 'refused':
      return verdict;
  }
}
