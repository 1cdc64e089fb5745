/** Worlds for the tests of recoveries: servers that obey, a journal in memory, and a clock that goes while somebody sleeps. */
import { clusterName, millis, seconds, unixMillis } from '../model/brand.ts';
import type { Maintenance } from '../model/decisions.ts';
import type { Instance } from '../model/instance.ts';
import { type InstanceKey, instanceKeyText, keyId, sameKey } from '../model/instance-key.ts';
import type { RecoveryOutcome, RecoveryRecord, RecoveryUid } from '../model/recovery-record.ts';
import { PLAN_ENTRY } from '../model/recovery-record.ts';
import { commandText, type ServerCommand } from '../model/server-command.ts';
import type { ServerFailure } from '../model/server-failure.ts';
import type { StepCommand } from '../planning/deferred-command.ts';
import type { FencingDemand } from '../planning/fencing.ts';
import { operationText } from '../planning/operations/operation-request.ts';
import type { Plan } from '../planning/plan.ts';
import { NO_VARIABLES, type RoleVariables } from '../planning/role-variables.ts';
import type { SemiSyncMode } from '../planning/semi-sync-topology.ts';
import { at, PRIMARY_PORT, TEST_CLUSTER, TEST_POLICY } from '../planning/testing.ts';
import type { JournalEntry } from '../ports/decision-store.ts';
import type { StartHook } from '../ports/hook-runner.ts';
import { NO_OTHER_NODES } from '../ports/other-nodes.ts';
import type { CommandResult, ObserveResult, TopologyServers } from '../ports/topology-servers.ts';
import { JournalCounts } from './journal-count.ts';
import type { OperateOutcome, RecoveryPorts } from './recovery-ports.ts';
import type { HookEntry } from './run-hooks.ts';

const UID = '1:aa' as RecoveryUid;
const SILENT: ServerFailure = { kind: 'timeout', phase: 'connect', text: 'no answer' };
const LOCKED: ServerFailure = { kind: 'timeout', phase: 'answer', text: 'lock wait' };

export interface WorldOptions {
  /** What a former process had written. */
  readonly journal?: readonly Omit<JournalEntry, 'uid' | 'sequence' | 'at'>[];
  /** Commands that a server does not execute. */
  readonly refuses?: (key: InstanceKey, command: ServerCommand) => boolean;
  /** Whole operations, as their text in the journal says them; who is moved by one is for the test to say. Default: none runs. */
  readonly operate?: (text: string, world: RecoveryWorld) => OperateOutcome;
  readonly semiSyncMode?: SemiSyncMode;
  readonly primaryVariables?: RoleVariables;
  readonly replicaVariables?: RoleVariables;
  /** Texts of commands that a server answers with a refusal, and that need not be done. */
  readonly declines?: readonly string[];
  readonly fencingDemand?: FencingDemand;
  readonly fencingProcesses?: readonly HookEntry[];
  /** Beside `fencingProcesses`. */
  readonly hooks?: Partial<ReturnType<RecoveryPorts['policy']>['hooks']>;
  readonly startHook?: StartHook;
  /** Ports of servers that are known and do not answer. */
  readonly silent?: readonly number[];
  /** Recoveries of before, the newest first. */
  readonly records?: readonly RecoveryRecord[];
  readonly locks?: readonly Maintenance[];
  /** Ports of servers that waited for acknowledgements until they were started anew. */
  readonly waitedBeforeRestart?: readonly number[];
  /** Ports of servers that are no members of the cluster. */
  readonly unknown?: readonly number[];
}

export class RecoveryWorld {
  /** `<port> <command>`, in the order they were sent. */
  readonly told: string[] = [];
  readonly steps: string[] = [];
  /** `<type>: <message>` */
  readonly audited: string[] = [];
  readonly lost: string[] = [];
  /** Who is to be started should it stop late. */
  readonly startedLate: string[] = [];
  /** Operations that were run, and who was taken for silent by them. */
  readonly operated: string[] = [];
  readonly resolved: RecoveryOutcome[] = [];
  readonly ports: RecoveryPorts;
  readonly #servers: Map<string, Instance>;
  readonly #journal: JournalEntry[];
  readonly #refuses: NonNullable<WorldOptions['refuses']>;
  readonly #unknown: readonly number[];
  readonly #options: WorldOptions;
  #now = 1_000_000;

  constructor(servers: readonly Instance[], options: WorldOptions = {}) {
    const { journal = [], refuses = () => false, unknown = [] } = options;
    this.#options = options;
    this.#servers = new Map(servers.map((server) => [keyId(server.key), server]));
    this.#journal = journal.map((line, index) => ({ ...line, uid: UID, sequence: index + 1, at: unixMillis(0) }));
    this.#refuses = refuses;
    this.#unknown = unknown;
    this.ports = this.#makePorts();
  }

  at(port: number): Instance {
    const found = this.#servers.get(keyId(at(port)));
    if (found === undefined) throw new Error(`no server at ${port}`);
    return found;
  }

  sourcePort(port: number): number | null {
    return this.at(port).sourceKey?.port ?? null;
  }

  #makePorts(): RecoveryPorts {
    return {
      servers: this.#topologyServers(),
      known: {
        get: (key) => this.#servers.get(keyId(key)),
        replicasOf: (key) => this.#all().filter(({ sourceKey }) => sameKey(sourceKey, key)),
        replicasByOtherChannels: (key) =>
          this.#all().filter(({ otherChannels }) => otherChannels.some(({ sourceKey }) => sameKey(sourceKey, key))),
        cluster: () => this.#all().filter(({ key }) => !this.#unknown.includes(key.port)),
      },
      store: this.#store(),
      downtimes: {
        beginDowntime: async ({ key }) => void this.lost.push(instanceKeyText(key)),
        endDowntime: async () => false,
      },
      clock: {
        now: () => unixMillis(this.#now),
        monotonic: () => millis(this.#now),
        after: () => ({ cancel: () => {} }),
        sleep: async (delay) => {
          this.#now += delay;
        },
      },
      log: { debug: () => {}, info: () => {}, warning: () => {}, error: () => {} },
      identity: { hostname: 'orc', token: 'this process' },
      otherNodes: NO_OTHER_NODES,
      dyingDataCenters: () => new Set(),
      findPlace: async () => ({ kind: 'failed', reason: 'nobody writes markers' }),
      policy: () => ({
        promotion: { ...TEST_POLICY, primaryVariables: this.#options.primaryVariables ?? NO_VARIABLES },
        replicaVariables: this.#options.replicaVariables ?? NO_VARIABLES,
        hooks: { ...NO_HOOKS, FencingProcesses: this.#options.fencingProcesses ?? [], ...this.#options.hooks },
        recoveryBlockSeconds: seconds(0),
        detectionBlockSeconds: seconds(0),
        reasonableMaintenanceReplicationLagSeconds: seconds(20),
        minimumSeconds: () => seconds(0),
        agreement: { asksOtherNodes: true, agreeingNodes: 0 },
        recoveriesAtOnce: 8,
        placeInOrder: () => 0,
        fencingDemand: this.#options.fencingDemand ?? 'none',
        rejoinsDemoted: false,
        coPrimaryMustBeOther: true,
        recoversNonWriteablePrimary: true,
        recoversRestartedPrimary: true,
        semiSyncMode: this.#options.semiSyncMode ?? null,
        noop: false,
      }),
      operate: async (request, silent) => this.#operate(operationText(request), silent),
      startHook: this.#options.startHook ?? (() => Promise.reject(new Error('no hook runs in this test'))),
      journalCounts: new JournalCounts(),
      waitedBeforeRestart: (key) => this.#options.waitedBeforeRestart?.includes(key.port) === true,
      startOnceStopped: async (server) => void this.startedLate.push(instanceKeyText(server)),
      randomHex: (bytes) => '0'.repeat(2 * bytes),
      tell: () => {},
      moveAlias: async () => {},
      mayBegin: () => true,
      mayGoOn: () => true,
    };
  }

  /** As an operation does it. */
  change(port: number, fields: Partial<Instance>): void {
    this.#servers.set(keyId(at(port)), { ...this.at(port), ...fields });
  }

  follows(port: number, sourcePort: number): void {
    this.change(port, { sourceKey: at(sourcePort) });
  }

  #operate(text: string, silent: readonly InstanceKey[]): OperateOutcome {
    this.operated.push(silent.length === 0 ? text : `${text}, without ${silent.map(({ port }) => port).join(' ')}`);
    return this.#options.operate?.(text, this) ?? NO_OPERATION;
  }

  #all = (): readonly Instance[] => [...this.#servers.values()];

  /** What the recoveries of these tests ask of it; a call of anything else fails the test. */
  #store(): RecoveryPorts['store'] {
    const store: Partial<RecoveryPorts['store']> = {
      append: async (entries) => void this.#journal.push(...entries),
      journal: async () => [...this.#journal],
      addSteps: async (_, lines) => void this.steps.push(...lines.map(({ message }) => message)),
      resolveRecovery: async (_, outcome) => void this.resolved.push(outcome),
      recoveries: async () => this.#options.records ?? [],
      appendAudit: async ({ type, message }) => void this.audited.push(`${type}: ${message}`),
      loadMaintenance: async () => this.#options.locks ?? [],
      acknowledge: async () => 0,
      clearDetections: async () => 0,
      endActivePeriods: async () => 0,
    };
    return store as RecoveryPorts['store'];
  }

  #topologyServers(): TopologyServers {
    return {
      observe: async (key): Promise<ObserveResult> => {
        const instance = this.#servers.get(keyId(key));
        const isSilent = this.#options.silent?.includes(key.port) === true;
        return instance === undefined || isSilent
          ? { kind: 'failed', failure: SILENT }
          : { kind: 'observed', instance };
      },
      execute: async (key, commands): Promise<CommandResult> => this.#execute(key, commands),
      claim: async () => ({ kind: 'claimed', isReadOnly: true, wasTaken: false, release: async () => {} }),
      replicationCredentials: async () => ({ user: 'repl', password: 'secret' }),
    };
  }

  #execute(key: InstanceKey, commands: readonly ServerCommand[]): CommandResult {
    let completed = 0;
    const refused: ServerFailure[] = [];
    for (const command of commands) {
      const before = this.#servers.get(keyId(key));
      if (before === undefined) return { kind: 'failed', failure: SILENT, completed, mayStillLand: false };
      this.told.push(`${key.port} ${command.kind}`);
      if (this.#refuses(key, command)) {
        // MariaDB and MySQL 5.6 stop both threads before they change the source.
        if (command.kind === 'follow') this.#servers.set(keyId(key), { ...before, ...BOTH_STOPPED });
        return { kind: 'failed', failure: LOCKED, completed, mayStillLand: false };
      }
      completed += 1;
      if (this.#options.declines?.includes(commandText(command)) === true) {
        const text = `${commandText(command)}: Error 1193 (HY000): Unknown system variable`;
        refused.push({ kind: 'server-error', phase: 'answer', number: 1193, sqlState: 'HY000', text });
        continue;
      }
      this.#servers.set(keyId(key), { ...before, ...effectOf(command) });
    }
    return { kind: 'done', instance: this.#servers.get(keyId(key)) ?? null, refused };
  }
}

const NO_OPERATION: OperateOutcome = {
  done: [],
  problems: [{ server: null, text: 'no operation runs in this test' }],
  promoted: null,
  method: '',
};

const RECEIVER_RUNS = { receiverState: 'running', receiverRunning: true } as const;
const APPLIER_RUNS = { applierState: 'running', applierRunning: true } as const;
const RECEIVER_STOPPED = { receiverState: 'stopped', receiverRunning: false } as const;
export const BOTH_STOPPED = { ...RECEIVER_STOPPED, applierState: 'stopped', applierRunning: false } as const;

function effectOf(command: ServerCommand): Partial<Instance> {
  switch (command.kind) {
    case 'stop-receiver':
      return RECEIVER_STOPPED;
    case 'start-receiver':
      return RECEIVER_RUNS;
    case 'start-applier':
      return APPLIER_RUNS;
    case 'start-replication':
      return { ...RECEIVER_RUNS, ...APPLIER_RUNS };
    case 'stop-replication':
      return BOTH_STOPPED;
    case 'follow':
      return { ...BOTH_STOPPED, sourceKey: command.options.source };
    case 'forget-source':
      return { sourceKey: null, receiverState: 'none', applierState: 'none' };
    case 'set-read-only':
      return { readOnly: command.readOnly };
    default:
      return {};
  }
}

const NO_HOOKS = {
  OnFailureDetectionProcesses: [],
  PreGracefulTakeoverProcesses: [],
  PreFailoverProcesses: [],
  FencingProcesses: [],
  PostMasterFailoverProcesses: [],
  PostIntermediateMasterFailoverProcesses: [],
  PostFailoverProcesses: [],
  PostUnsuccessfulFailoverProcesses: [],
  PostGracefulTakeoverProcesses: [],
};

/** Of the primary, by a process that is dead. */
export function aRecord(change: Partial<RecoveryRecord> = {}): RecoveryRecord {
  const replicas = [at(PRIMARY_PORT + 1), at(PRIMARY_PORT + 2)];
  return {
    id: 1,
    uid: UID,
    digest: {
      key: at(PRIMARY_PORT),
      code: 'DeadMaster',
      clusterName: clusterName(TEST_CLUSTER),
      clusterAlias: '',
      countReplicas: replicas.length,
      replicas,
    },
    inActivePeriod: true,
    start: unixMillis(0),
    end: null,
    node: { hostname: 'orc', token: 'dead process' },
    isSuccessful: false,
    successorKey: null,
    successorAlias: '',
    lostReplicas: [],
    participants: [],
    errors: [],
    acknowledgement: null,
    lastDetectionId: 0,
    ...change,
  };
}

type Line = NonNullable<WorldOptions['journal']>[number];

/** A plan as a former process journaled it: its first `done` steps done, the next one, if there is one, begun and not ended. */
export function journaled(plan: Plan<StepCommand>, done = plan.steps.length): readonly Line[] {
  const lines: Line[] = [{ stepId: PLAN_ENTRY, phase: 'intended', detail: JSON.stringify(plan) }];
  for (const [index, { id }] of plan.steps.entries()) {
    if (index <= done) lines.push({ stepId: id, phase: 'intended', detail: '' });
    if (index < done) lines.push({ stepId: id, phase: 'done', detail: '' });
  }
  return lines;
}
