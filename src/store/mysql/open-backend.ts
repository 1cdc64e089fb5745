/**
 * Opens the backend on a server of MySQL or MariaDB: looks, refuses what is not ours or cannot be written, creates or completes the schema.
 */
import { backendOn } from '../backend.ts';
import type { DeploymentOptions } from '../deployment.ts';
import { deploymentOptions, type OpenBackendOptions, type OpenBackendResult } from '../open-backend.ts';
import { type BackendServer, MysqlConnection } from './connection.ts';
import { quoted } from './ddl.ts';
import { deploySchema } from './deploy.ts';
import { MysqlDriver } from './driver.ts';
import { mysqlEngine } from './engine.ts';
import { type BackendPlace, describeFailure, isUnknownDatabase } from './errors.ts';
import { inspectDatabase } from './inspect-database.ts';
import { introspect, type MysqlSchema } from './introspect.ts';
import { ConnectionPool, type PoolLimits } from './pool.ts';

export interface OpenMysqlOptions extends OpenBackendOptions, BackendServer {
  readonly database: string;
  /** `MySQLOrchestratorRejectReadOnly` */
  readonly rejectReadOnly: boolean;
  readonly pool: PoolLimits;
}

const refused = (reason: string): OpenBackendResult => ({ kind: 'refused', reason });

/** Why the database must not be made although it is missing; null: it may. */
function whyNotCreated({ skipUpdate, refuseDifferentVersion, version }: DeploymentOptions): string | null {
  if (skipUpdate) return 'and SkipOrchestratorDatabaseUpdate forbids to create it';
  if (refuseDifferentVersion && version !== '') return 'and PanicIfDifferentDatabaseDeploy is set';
  return null;
}

/** Where another has created it meanwhile, all is well. */
async function createDatabase(server: BackendServer, database: string): Promise<void> {
  const connection = await MysqlConnection.open(server, null);
  try {
    await connection.ask(`create database if not exists ${quoted(database)} character set utf8mb4`);
  } finally {
    await connection.close();
  }
}

type Connecting =
  | { readonly kind: 'connected'; readonly connection: MysqlConnection }
  | { readonly kind: 'refused'; readonly reason: string };

async function connectToDatabase(
  server: BackendServer,
  { address, database }: BackendPlace,
  options: DeploymentOptions,
): Promise<Connecting> {
  try {
    return { kind: 'connected', connection: await MysqlConnection.open(server, database) };
  } catch (error) {
    if (!isUnknownDatabase(error)) throw error;
  }
  const objection = whyNotCreated(options);
  if (objection !== null) {
    return { kind: 'refused', reason: `backend ${address} has no database "${database}", ${objection}` };
  }
  await createDatabase(server, database);
  return { kind: 'connected', connection: await MysqlConnection.open(server, database) };
}

/** A server, or an account, that may not write says so to the first write, which could otherwise be an hour away. */
const proveWritable = (connection: MysqlConnection) => connection.ask('delete from active_node where 1 = 0');

type Preparation =
  | { readonly kind: 'ready'; readonly schema: MysqlSchema }
  | { readonly kind: 'refused'; readonly reason: string };

async function prepare(
  connection: MysqlConnection,
  { address, database }: BackendPlace,
  options: DeploymentOptions,
): Promise<Preparation> {
  const found = await introspect(connection);
  const inspection = inspectDatabase(found);
  if (inspection.kind === 'refused') {
    return { kind: 'refused', reason: `backend ${address}: database "${database}" ${inspection.reason}` };
  }
  const result = await deploySchema(connection, found, options);
  if (result.kind === 'refused') {
    return { kind: 'refused', reason: `backend ${address}: database "${database}" ${result.reason}` };
  }
  await proveWritable(connection);
  const changed = result.kind === 'deployed' && result.steps.length > 0;
  return { kind: 'ready', schema: changed ? await introspect(connection) : found };
}

async function openOn(options: OpenMysqlOptions, place: BackendPlace): Promise<OpenBackendResult> {
  const deployment = deploymentOptions(options);
  const connecting = await connectToDatabase(options, place, deployment);
  if (connecting.kind === 'refused') return connecting;
  let preparation: Preparation;
  try {
    preparation = await prepare(connecting.connection, place, deployment);
  } finally {
    await connecting.connection.close();
  }
  if (preparation.kind === 'refused') return preparation;
  const pool = new ConnectionPool(() => MysqlConnection.open(options, options.database), options.pool);
  const driver = new MysqlDriver({ pool, rejectReadOnly: options.rejectReadOnly });
  return { kind: 'ok', backend: backendOn(mysqlEngine(driver, preparation.schema, place.address)) };
}

/**
 * A missing database is created, an empty one filled, one that the reference has deployed completed. Refused with one clear line, the database left
 * as it was: a server that cannot be reached, that does not let the account in or does not let it write, a database of another program, and what
 * the two deployment options forbid. Rejects only for what says nothing about the server.
 */
export async function openMysqlBackend(options: OpenMysqlOptions): Promise<OpenBackendResult> {
  const { host, port, user, database } = options;
  if (database === '') return refused('MySQLOrchestratorDatabase must be set when BackendDB is mysql');
  const place: BackendPlace = { address: `${host}:${port}`, user, database, isSecured: options.tls !== null };
  try {
    return await openOn(options, place);
  } catch (error) {
    const reason = describeFailure(error, place);
    if (reason === null) throw error;
    return refused(reason);
  }
}
