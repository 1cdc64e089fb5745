// A world for tests of recoveries: clusters of real servers, and the real program watching them as a child process, asked over HTTP.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect } from 'vitest';
import { applicationAccount } from '../../../src/sandbox/accounts.ts';
import { configureFor } from '../../../src/sandbox/demo-configuration.ts';
import type { Fleet, FleetOptions } from '../../../src/sandbox/fleet.ts';
import { freePort } from '../../../src/sandbox/free-ports.ts';
import { type OrchestratorProcess, startOrchestrator } from '../../../src/sandbox/orchestrator-process.ts';
import type { RunningServer } from '../../../src/sandbox/server.ts';
import { makeWorkFolder, removeWorkFolder } from '../../../src/sandbox/work-folder.ts';
import type { Answer, SeenAnalysis, SeenBlocked, SeenClusterInfo, SeenInstance, SeenRecovery } from './answers.ts';
import { eventually } from './eventually.ts';
import { keptFleet } from './kept-fleets.ts';

/** How long the program may take to end in order: one that still waits for a server is not waited for. */
const END_PATIENCE_MILLIS = 1_000;

/** One HTTP call; a planned switchover may take this long to be given up. Milliseconds. */
const CALL_MILLIS = 60_000;

export interface WorldOptions
  extends Pick<
    FleetOptions,
    'family' | 'release' | 'replicas' | 'ports' | 'hosts' | 'semiSync' | 'semiSyncTimeoutMillis' | 'extraOptions'
  > {
  /** How many clusters of this kind: `c1`, `c2`… Default: 1. */
  readonly clusters?: number;
  /** Keys that differ from the demo's configuration. `FOLDER` in them stands for the world's folder. */
  readonly configuration?: Readonly<Record<string, unknown>>;
  /** Changes the servers before anybody watches them. */
  readonly prepare?: (fleet: Fleet) => Promise<void>;
  /** The host under which orchestrator is to know the servers. Default: theirs. */
  readonly host?: string;
}

export interface JournalLine {
  readonly uid: string;
  readonly step: string;
  readonly phase: string;
}

export class World {
  readonly fleets: readonly Fleet[];
  readonly folder: string;
  /** Under which orchestrator knows all servers; null: each under its own. */
  readonly #host: string | null;
  readonly #port: number;
  #configuration: Readonly<Record<string, unknown>>;
  #program: OrchestratorProcess | null = null;
  readonly #observers: OrchestratorProcess[] = [];
  readonly #observerFolders: string[] = [];

  constructor(
    fleets: readonly Fleet[],
    parts: { folder: string; host: string | null; port: number; configuration: Readonly<Record<string, unknown>> },
  ) {
    this.fleets = fleets;
    this.folder = parts.folder;
    this.#host = parts.host;
    this.#port = parts.port;
    this.#configuration = parts.configuration;
  }

  /** The first cluster's. */
  get fleet(): Fleet {
    return the(this.fleets[0]);
  }

  /** The server that was the primary of the first cluster at the start. */
  get primary(): RunningServer {
    return this.fleet.primary;
  }

  get replicas(): readonly RunningServer[] {
    return this.fleet.replicas;
  }

  get program(): OrchestratorProcess {
    return the(this.#program);
  }

  /** Starts the program on what a former one left. `flags` come before `http`. */
  async startProgram(flags: readonly string[] = []): Promise<void> {
    const { folder } = this;
    this.#program = await startOrchestrator({ folder, port: this.#port, configuration: this.#configuration, flags });
  }

  /** Ends the program in order, and starts it with keys that differ from those that it had. */
  async restartProgram(keys: Readonly<Record<string, unknown>>): Promise<void> {
    await this.program.stop();
    this.#configuration = { ...this.#configuration, ...keys };
    await this.startProgram(['--grab-election']);
    await this.seesLeader();
  }

  /** Another node on a backend of its own that watches the same servers and recovers nothing. Stopped with the world. */
  async startObserver(
    port: number,
    configuration: Readonly<Record<string, unknown>> = {},
  ): Promise<OrchestratorProcess> {
    const folder = makeWorkFolder();
    this.#observerFolders.push(folder);
    const keys = { ...this.#configuration, RecoverMasterClusterFilters: [], ...configuration };
    const observer = await startOrchestrator({ folder, port, configuration: keys });
    this.#observers.push(observer);
    return observer;
  }

  /** `kill -9`. */
  async killProgram(): Promise<void> {
    const { pid, isRunning } = this.program;
    process.kill(pid, 'SIGKILL');
    await eventually(isRunning).toBe(false);
  }

  async stop(): Promise<void> {
    const programs = [this.#program, ...this.#observers];
    await Promise.all(programs.map((program) => program?.stop(END_PATIENCE_MILLIS)));
    for (const folder of this.#observerFolders) removeWorkFolder(folder);
    await Promise.all(this.fleets.map((fleet) => fleet.stop()));
    removeWorkFolder(this.folder);
  }

  /** A file of the world's folder, as hooks know it. */
  path(name: string): string {
    return join(this.folder, name);
  }

  /** Lines of such a file; none while it does not exist. */
  lines(name: string): readonly string[] {
    if (!this.exists(name)) return [];
    return readFileSync(this.path(name), 'utf8')
      .split('\n')
      .filter((line) => line !== '');
  }

  exists(name: string): boolean {
    return existsSync(this.path(name));
  }

  /** Makes an empty file, for which a hook waits. */
  touch(name: string): void {
    writeFileSync(this.path(name), '');
  }

  log(): string {
    return readFileSync(this.program.logFile, 'utf8');
  }

  /** Waits for a line in the program's log: the only trace of what it decided not to do. */
  async logged(text: string): Promise<void> {
    await eventually(() => this.log()).toContain(text);
  }

  async get(path: string): Promise<Answer> {
    const answer = await fetch(`${this.program.url}/api/${path}`, { signal: AbortSignal.timeout(CALL_MILLIS) });
    const body: unknown = await answer.json();
    const isEnvelope = typeof body === 'object' && body !== null && 'Code' in body && 'Message' in body;
    if (!isEnvelope) return { status: answer.status, code: '', message: '', details: body };
    const details = 'Details' in body ? body.Details : null;
    return { status: answer.status, code: String(body.Code), message: String(body.Message), details };
  }

  /** Under which orchestrator and the other servers know a server. */
  hostOf(server: Pick<RunningServer, 'host'>): string {
    return this.#host ?? server.host;
  }

  /** `host/port` of a server, as paths have it. */
  at(server: Pick<RunningServer, 'host' | 'port'>): string {
    return `${this.hostOf(server)}/${server.port}`;
  }

  /** `host:port` of a server. */
  key = (server: Pick<RunningServer, 'host' | 'port'>): string => `${this.hostOf(server)}:${server.port}`;

  async instances(): Promise<readonly SeenInstance[]> {
    return (await this.get('all-instances')).details as readonly SeenInstance[];
  }

  async instance(server: RunningServer): Promise<SeenInstance> {
    return (await this.get(`instance/${this.at(server)}`)).details as SeenInstance;
  }

  async clusterInfo(alias: string): Promise<SeenClusterInfo> {
    return (await this.get(`cluster-info/alias/${alias}`)).details as SeenClusterInfo;
  }

  async analyses(): Promise<readonly SeenAnalysis[]> {
    return (await this.get('replication-analysis')).details as readonly SeenAnalysis[];
  }

  /** What is wrong with a server; `NoProblem` when it is not listed. */
  async codeOf(server: RunningServer): Promise<string> {
    const entry = (await this.analyses()).find((one) => one.AnalyzedInstanceKey.Port === server.port);
    return entry?.Analysis ?? 'NoProblem';
  }

  /** Newest first. */
  async recoveries(): Promise<readonly SeenRecovery[]> {
    return (await this.get('audit-recovery')).details as readonly SeenRecovery[];
  }

  async detections(): Promise<readonly SeenRecovery[]> {
    return (await this.get('audit-failure-detection')).details as readonly SeenRecovery[];
  }

  async blocked(): Promise<readonly SeenBlocked[]> {
    return (await this.get('blocked-recoveries')).details as readonly SeenBlocked[];
  }

  async steps(uid: string): Promise<readonly string[]> {
    const steps = (await this.get(`audit-recovery-steps/${uid}`)).details as readonly { readonly Message: string }[];
    return steps.map((step) => step.Message);
  }

  /** The newest recovery once it has ended, however. */
  async recoveryEnded(count = 1): Promise<SeenRecovery> {
    const ended = async () => (await this.recoveries()).filter((one) => one.RecoveryEndTimestamp !== '').length;
    await eventually(ended).toBe(count);
    return the((await this.recoveries())[0]);
  }

  /** The server that the newest recovery promoted, once it has ended. */
  async promoted(count = 1): Promise<RunningServer> {
    const { IsSuccessful, AllErrors, SuccessorKey, UID } = await this.recoveryEnded(count);
    // What it did is all that is left of a failure once the test has ended.
    const told = IsSuccessful ? [] : [...AllErrors, ...(await this.steps(UID))];
    expect([IsSuccessful, ...told]).toEqual([true]);
    return this.serverAt(SuccessorKey.Port);
  }

  serverAt(port: number): RunningServer {
    return the(this.fleets.flatMap((fleet) => fleet.servers).find((server) => server.port === port));
  }

  /** The journal as it is on disk, also while the program runs or after its death. */
  journal(): readonly JournalLine[] {
    const database = new DatabaseSync(this.path('orchestrator.sqlite3'), { readOnly: true });
    try {
      const rows = database
        .prepare('SELECT uid, step_id, phase FROM orc_recovery_journal ORDER BY at_millis, sequence')
        .all();
      return rows.map((row) => ({
        uid: String(row['uid']),
        step: String(row['step_id']),
        phase: String(row['phase']),
      }));
    } finally {
      database.close();
    }
  }

  /** Whether the journal of any recovery has such a line. */
  journaled(step: string, phase: string): boolean {
    return this.journal().some((line) => line.step === step && line.phase === phase);
  }

  /** Waits until the picture is whole: every server valid, every replica below its primary, this node leading, aliases known. */
  async seesAllWell(): Promise<void> {
    const wanted = this.fleets.flatMap((fleet) => [
      { port: fleet.primary.port, source: 0, runs: false, valid: true },
      ...fleet.replicas.map(({ port }) => ({ port, source: fleet.primary.port, runs: true, valid: true })),
    ]);
    const seen = async () =>
      (await this.instances()).map((one) => ({
        port: one.Key.Port,
        source: one.MasterKey.Port,
        runs: one.ReplicationIOThreadRuning && one.ReplicationSQLThreadRuning,
        valid: one.IsLastCheckValid,
      }));
    const byPort = (some: typeof wanted) => [...some].sort((one, other) => one.port - other.port);
    await eventually(async () => byPort(await seen())).toEqual(byPort(wanted));
    for (const [index] of this.fleets.entries()) {
      await eventually(async () => (await this.get(`cluster-info/alias/c${index + 1}`)).code).toBe('');
    }
    await this.seesLeader();
  }

  /** Waits until the program leads. */
  async seesLeader(): Promise<void> {
    await eventually(async () => (await this.get('leader-check')).status).toBe(200);
  }

  /** Waits until orchestrator has looked at a living server in a few more seconds: the way to see that it left things alone. */
  async afterLooks(living: RunningServer, looks = 2): Promise<void> {
    const lastSeen = async () => (await this.instance(living)).LastSeenTimestamp;
    for (let look = 0; look < looks; look++) await eventually(lastSeen).not.toBe(await lastSeen());
  }
}

export async function openWorld(options: WorldOptions): Promise<World> {
  const { clusters = 1, configuration = {}, prepare = async () => {}, host: wantedHost, ...inFleet } = options;
  const fleets: Fleet[] = [];
  const folder = makeWorkFolder();
  let world: World | null = null;
  try {
    const keys: Record<string, unknown>[] = [];
    for (let number = 1; number <= clusters; number++) {
      const fleet = await keptFleet({ replicas: 3, ...inFleet });
      fleets.push(fleet);
      keys.push(await configureFor(fleet));
      await write(fleet.primary, 'CREATE TABLE demo.cluster_alias (alias VARCHAR(80) NOT NULL)');
      await write(fleet.primary, `INSERT INTO demo.cluster_alias VALUES ('c${number}')`);
      await write(fleet.primary, 'CREATE TABLE demo.numbers (n INT PRIMARY KEY)');
      await prepare(fleet);
    }
    const own = JSON.parse(JSON.stringify(configuration).replaceAll('FOLDER', folder)) as Record<string, unknown>;
    world = new World(fleets, {
      folder,
      host: wantedHost ?? null,
      port: await freePort(),
      configuration: {
        ...keys[0],
        DiscoverySeeds: fleets.map(({ primary }) => `${wantedHost ?? primary.host}:${primary.port}`),
        DetectClusterAliasQuery: 'select alias from demo.cluster_alias',
        RecoveryPeriodBlockSeconds: 3600,
        ...own,
      },
    });
    await world.startProgram();
    await world.seesAllWell();
    return world;
  } catch (error) {
    await (world ?? new World(fleets, { folder, host: null, port: 0, configuration: {} })).stop();
    throw error;
  }
}

/** As the application, which a read-only server refuses. */
export async function write(server: RunningServer, statement: string): Promise<void> {
  await server.query(statement, applicationAccount);
}

/** What must be there. */
export function the<Value>(value: Value | null | undefined): Value {
  if (value === null || value === undefined) throw new Error('the test is set up wrong: something is missing');
  return value;
}
