/** Worlds for the tests of operations: servers that obey, locks and an audit in memory, and a clock that goes while somebody sleeps. */
import { type Millis, millis, unixMillis } from '../model/brand.ts';
import type { CloneReading } from '../model/clone-run.ts';
import type { Instance } from '../model/instance.ts';
import { type InstanceKey, instanceKeyText } from '../model/instance-key.ts';
import type { ReprovisionRecord } from '../model/reprovision-record.ts';
import type { ReplicationCredentials, ServerCommand } from '../model/server-command.ts';
import type { ServerFailure } from '../model/server-failure.ts';
import { Topology } from '../model/topology.ts';
import { SAMPLE_NOW, sampleKey } from '../model/topology-samples.ts';
import type { Equivalence, OperationRules } from '../planning/operations/operation-facts.ts';
import type { AwaitedWork } from '../planning/operations/operation-plan.ts';
import { TEST_RULES } from '../planning/operations/testing.ts';
import type { NameVerdict } from '../planning/operations/virtual-names.ts';
import type { Clock, Timer } from '../ports/clock.ts';
import type { CommandResult, ObserveResult, TopologyServers } from '../ports/topology-servers.ts';
import type { LockHolder, LockResult, OperationPorts } from './operation-ports.ts';

const SILENT: ServerFailure = { kind: 'timeout', phase: 'connect', text: 'i/o timeout' };
const REFUSED: ServerFailure = {
  kind: 'server-error',
  phase: 'answer',
  number: 1227,
  sqlState: '42000',
  text: 'Error 1227 (42000): denied',
};

/** Once round the event loop: whatever is ready to go on has gone on. */
export const aTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Time goes while somebody sleeps; what is due meanwhile runs. */
export class SleepersClock implements Clock {
  #now = 0;
  #due: { readonly at: number; readonly run: () => void }[] = [];

  now = () => unixMillis(SAMPLE_NOW + this.#now);
  monotonic = () => millis(this.#now);

  get timers(): number {
    return this.#due.length;
  }

  after(delay: Millis, run: () => void): Timer {
    const due = { at: this.#now + delay, run };
    this.#due.push(due);
    return { cancel: () => void (this.#due = this.#due.filter((other) => other !== due)) };
  }

  async sleep(delay: Millis): Promise<void> {
    const end = this.#now + delay;
    for (;;) {
      const [next] = this.#due.filter(({ at }) => at <= end).sort((one, other) => one.at - other.at);
      if (next === undefined) break;
      this.#due = this.#due.filter((due) => due !== next);
      this.#now = Math.max(this.#now, next.at);
      next.run();
      await aTurn();
    }
    this.#now = Math.max(this.#now, end);
    await aTurn();
  }
}

export interface OperationWorldOptions {
  readonly rules?: Partial<OperationRules>;
  /** Commands that a server refuses: it says so, and nothing of it happens. */
  readonly refuses?: (key: InstanceKey, command: ServerCommand) => boolean;
  /** What a command does instead of what it is to do; undefined: nothing else. */
  readonly disobeys?: (key: InstanceKey, command: ServerCommand) => Partial<Instance> | undefined;
  /** Before a command takes effect: for what happens in the middle. */
  readonly before?: (key: InstanceKey, command: ServerCommand) => Promise<void> | void;
  /** Ports of servers that somebody else holds. */
  readonly heldByOthers?: readonly number[];
  readonly noop?: boolean;
  readonly leads?: boolean;
  /** What the cluster is busy with; '' for nothing. */
  readonly busyWith?: string;
  /** What servers tell of the CLONE plugin; absent: they have none. */
  readonly clone?: (key: InstanceKey) => CloneReading;
  /** `ReprovisionProcesses`: each gives back why it has failed, or null. */
  readonly hooks?: readonly ((work: AwaitedWork) => Promise<string | null>)[];
  /** Who has taken the place of any server. */
  readonly successor?: InstanceKey;
  readonly equivalences?: readonly Equivalence[];
  readonly credentials?: ReplicationCredentials | null;
  readonly nameOfSource?: (source: InstanceKey) => Promise<NameVerdict>;
}

const OTHER: LockHolder = { owner: 'ops', reason: 'disk is being replaced' };

export class OperationWorld {
  /** `lock 3302`, `3302 stop-receiver`, `release 3302`, in the order in which they happened. */
  readonly story: string[] = [];
  /** `type host:port: message` */
  readonly audits: string[] = [];
  readonly logged: string[] = [];
  readonly remembered: (readonly [Equivalence, Equivalence])[] = [];
  readonly forgotten: number[] = [];
  readonly hooks: string[] = [];
  readonly effects: string[] = [];
  /** What people were told of servers that are provisioned anew. */
  readonly heard: string[] = [];
  /** By their ports. */
  readonly reprovisions = new Map<number, ReprovisionRecord>();
  readonly topology = new Topology();
  readonly clock = new SleepersClock();
  readonly ports: OperationPorts;
  /** Somebody wants to recover the cluster. */
  isCalledOff = false;
  isCutShort = false;
  mayGoOn = true;
  /** Ports of servers whose locks somebody else has ended. */
  readonly lost = new Set<number>();
  readonly silent = new Set<number>();
  /** Written down as made to stand still. */
  readonly standing = new Set<number>();
  /** How often each server was read, by its port. */
  readonly reads = new Map<number, number>();
  readonly #options: OperationWorldOptions;

  constructor(servers: readonly Instance[], options: OperationWorldOptions = {}) {
    this.topology.putAll(servers);
    this.#options = options;
    this.ports = this.#makePorts();
  }

  at(port: number): Instance {
    const found = this.topology.get(sampleKey(port));
    if (found === undefined) throw new Error(`no server at ${port}`);
    return found;
  }

  /** What the servers were told, without the locks. */
  get told(): readonly string[] {
    return this.story.filter((line) => /^\d/.test(line));
  }

  change(port: number, changes: Partial<Instance>): void {
    this.topology.put({ ...this.at(port), ...changes });
  }

  #makePorts(): OperationPorts {
    const { noop = false, leads = true, busyWith = '', equivalences = [], credentials = null } = this.#options;
    const note = (line: string) => void this.logged.push(line);
    return {
      servers: this.#servers(),
      topology: this.topology,
      clock: this.clock,
      log: { debug: note, info: note, warning: note, error: note },
      rules: () => ({ ...TEST_RULES, ...this.#options.rules }),
      noop,
      mayBegin: () => leads,
      mayGoOn: () => this.mayGoOn,
      beside: async (_clusterName, _what, work) =>
        busyWith === ''
          ? work(
              () => this.isCalledOff,
              () => this.isCutShort,
            )
          : null,
      busyWith: () => busyWith,
      lock: async (key) => this.#lock(key),
      noteStanding: async (servers) => {
        for (const { key } of servers) this.standing.add(key.port);
      },
      forgetStanding: async (keys) => {
        for (const { port } of keys) this.standing.delete(port);
      },
      audit: async (type, key, message) => {
        this.audits.push(`${type} ${key === null ? '-' : instanceKeyText(key)}: ${message}`);
      },
      equivalencesOf: async () => equivalences,
      rememberEquivalence: async (one, other) => void this.remembered.push([one, other]),
      forgetRelayPlaces: async ({ port }) => void this.forgotten.push(port),
      credentials: async () => credentials,
      failedTransaction: async () => '',
      nameOfSource: this.#options.nameOfSource ?? (async () => ({ kind: 'own' })),
      findPlace: async () => ({ kind: 'failed', reason: 'no binary log is searched in this test' }),
      reprovisioning: this.#reprovisioning(),
      runHook: async ({ kind }) => void this.hooks.push(kind),
      applyEffect: async (effect) => {
        this.effects.push(effect.kind);
        if (effect.kind === 'forget-reprovision') this.reprovisions.delete(effect.key.port);
      },
    };
  }

  #reprovisioning(): OperationPorts['reprovisioning'] {
    return {
      records: async () => [...this.reprovisions.values()],
      note: async (draft) => {
        const node = { hostname: 'orc', token: 'own' };
        this.reprovisions.set(draft.key.port, { ...draft, node, at: this.clock.now() });
        this.story.push(`note ${draft.key.port} ${draft.phase}`);
      },
      successorOf: async () => this.#options.successor ?? null,
      readClone: async (key) => this.#options.clone?.(key) ?? { kind: 'without' },
      account: () => ({ user: 'orc', password: 'secret of orc' }),
      hooks: () => this.#options.hooks?.length ?? 0,
      runHooks: async (work, tell) => {
        for (const hook of this.#options.hooks ?? []) {
          const failure = await hook(work);
          if (failure !== null) return failure;
        }
        tell('hooks have ended');
        return null;
      },
      tell: (_key, _clusterName, text) => void this.heard.push(text),
    };
  }

  #lock(key: InstanceKey): LockResult {
    const { port } = key;
    if (this.#options.heldByOthers?.includes(port) === true) return { kind: 'taken', by: OTHER };
    this.story.push(`lock ${port}`);
    const renew = async (): Promise<boolean> => {
      this.story.push(`renew ${port}`);
      return !this.lost.has(port);
    };
    const release = async (): Promise<void> => void this.story.push(`release ${port}`);
    return { kind: 'held', server: { key, renew, release } };
  }

  #servers(): TopologyServers {
    return {
      observe: async (key): Promise<ObserveResult> => {
        this.reads.set(key.port, (this.reads.get(key.port) ?? 0) + 1);
        await aTurn();
        return this.#look(key);
      },
      execute: (key, commands, _deadline, mayGoOn = () => true) => this.#execute(key, commands, mayGoOn),
      claim: async () => ({ kind: 'claimed', isReadOnly: true, wasTaken: false, release: async () => {} }),
      replicationCredentials: async () => this.#options.credentials ?? null,
    };
  }

  #look(key: InstanceKey): ObserveResult {
    const instance = this.topology.get(key);
    if (instance === undefined || this.silent.has(key.port)) return { kind: 'failed', failure: SILENT };
    this.topology.put({ ...instance, lastChecked: this.clock.now(), lastSeen: this.clock.now() });
    return { kind: 'observed', instance: this.topology.get(key) ?? instance };
  }

  async #execute(key: InstanceKey, commands: readonly ServerCommand[], mayGoOn: () => boolean): Promise<CommandResult> {
    let completed = 0;
    for (const command of commands) {
      await aTurn();
      await this.#options.before?.(key, command);
      if (!mayGoOn() || this.silent.has(key.port)) {
        return { kind: 'failed', failure: SILENT, completed, mayStillLand: false };
      }
      this.story.push(`${key.port} ${command.kind}`);
      if (this.#options.refuses?.(key, command) === true) {
        return { kind: 'failed', failure: REFUSED, completed, mayStillLand: false };
      }
      const before = this.topology.get(key);
      const effect = this.#options.disobeys?.(key, command);
      if (before !== undefined) this.topology.put({ ...before, ...(effect ?? effectOf(command, before)) });
      completed += 1;
    }
    const seen = this.#look(key);
    return { kind: 'done', instance: seen.kind === 'observed' ? seen.instance : null, refused: [] };
  }
}

const RECEIVER_RUNS = { receiverState: 'running', receiverRunning: true } as const;
const RECEIVER_STOPPED = { receiverState: 'stopped', receiverRunning: false } as const;
const APPLIER_RUNS = { applierState: 'running', applierRunning: true } as const;
const BOTH_STOPPED = { ...RECEIVER_STOPPED, applierState: 'stopped', applierRunning: false } as const;

function effectOf(command: ServerCommand, before: Instance): Partial<Instance> {
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
    case 'follow': {
      const { source, place, applierRuns } = command.options;
      const threads = applierRuns ? RECEIVER_STOPPED : BOTH_STOPPED;
      const sourceKey = { sourceKey: source, ...threads };
      if (place.kind === 'gtid') return sourceKey;
      return { ...sourceKey, readCoordinates: place.coordinates, execCoordinates: place.coordinates };
    }
    case 'set-read-only':
      return { readOnly: command.readOnly, superReadOnly: command.readOnly && command.superReadOnly };
    case 'set-super-read-only':
      return { superReadOnly: command.enabled };
    default:
      return before;
  }
}
