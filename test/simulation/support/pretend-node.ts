// A node of orchestrator in the pretended world: the same node as in the real one, with what is outside of it pretended. It can be killed, hang, and lose
// its backend; what it has on disk stays.

import { settingsOf } from '../../../src/config/testing.ts';
import type { InstanceKey } from '../../../src/model/instance-key.ts';
import type { ServerSight } from '../../../src/model/server-sight.ts';
import type { OperationRequest } from '../../../src/planning/operations/operation-request.ts';
import type { Log } from '../../../src/ports/log.ts';
import type { ForcedFailoverRequest, Outcome } from '../../../src/service/calls.ts';
import { composeNode, type OrchestratorNode } from '../../../src/service/compose-node.ts';
import { MemoryDisk } from '../../../src/sim/backend/disk.ts';
import { type MemoryBackend, openMemoryBackend } from '../../../src/sim/backend/open-memory-backend.ts';
import type { HookBehaviour, NodeUnderTest, OperationFault } from '../../../src/sim/faults.ts';
import type { StreamEnd, StreamHandlers } from '../../../src/sim/network.ts';
import { pretendClock } from '../../../src/sim/pretend-clock.ts';
import { Process } from '../../../src/sim/process.ts';
import { dialThrough, type ToSqlServer } from '../../../src/sim/sql-wire.ts';
import type { World } from '../../../src/sim/world.ts';
import { pretendHooks } from './pretend-hooks.ts';
import { type Question, type QuestionListener, questionsThrough } from './pretend-questions.ts';

export interface PretendNodeOptions {
  readonly place: string;
  /** Keys of the configuration file. */
  readonly configuration: Readonly<Record<string, unknown>>;
  /** Code of the node is about to run: its promises have to settle before time goes on. */
  readonly touch: () => void;
  /** How hooks end that do not simply succeed at once, by the first word of their text. */
  readonly hooks?: Map<string, HookBehaviour>;
  /** Nodes that watch the same servers. Default: none. */
  readonly others?: () => readonly PretendNode[];
}

/** After so long a process that ended by itself is started again. */
const SUPERVISOR_MILLIS = 1_000;

/** Ports of clients, as servers see them. */
const FIRST_CLIENT_PORT = 40_000;

export class PretendNode implements NodeUnderTest {
  readonly place: string;
  readonly disk = new MemoryDisk();
  readonly #world: World;
  readonly #options: PretendNodeOptions;
  readonly #streams = new Set<StreamEnd<ToSqlServer>>();
  #process: Process | null = null;
  #node: OrchestratorNode | null = null;
  #backend: MemoryBackend | null = null;
  #nextPort = FIRST_CLIENT_PORT;
  readonly #hooks: Map<string, HookBehaviour>;
  #skewMillis = 0;

  constructor(world: World, options: PretendNodeOptions) {
    this.#world = world;
    this.#options = options;
    this.place = options.place;
    this.#hooks = options.hooks ?? new Map();
  }

  /** Null while it does not run, or is about to. */
  get node(): OrchestratorNode | null {
    return this.#node;
  }

  /** What its doors may ask. Throws while it does not run. */
  get calls(): OrchestratorNode['calls'] {
    if (this.#node === null) throw new Error(`${this.place} does not run`);
    return this.#node.calls;
  }

  /** Where other nodes ask it what it sees. */
  get questions(): QuestionListener {
    return {
      place: this.place,
      process: () => this.#process,
      door: () => (this.#node === null ? 'closed' : 'open'),
      accept: (end) => this.#answerTo(end),
    };
  }

  #answerTo(end: StreamEnd<readonly ServerSight[]>): StreamHandlers<Question> {
    const process = this.#process;
    const answer = async ({ keys, look }: Question): Promise<void> => {
      const outcome = await this.calls.sights(keys, look);
      if (outcome.kind === 'ok') end.send(outcome.value);
    };
    return {
      onMessage: (question) => {
        if (process !== null) this.#runIn(process, () => void answer(question));
      },
      onClosed: () => {},
    };
  }

  #runIn(process: Process, work: () => void): void {
    process.run(() => {
      this.#options.touch();
      work();
    });
  }

  start(): void {
    if (this.#process !== null) return;
    const { transcript, queue, random } = this.#world;
    const process = new Process(queue);
    this.#process = process;
    transcript.say(`${this.place} starts`);
    this.#options.touch();
    void this.#compose(process, random.fork())
      .then(async (node) => {
        if (this.#process !== process) return;
        this.#node = node;
        await node.start();
      })
      .catch((error: unknown) => this.#cannotStart(process, error));
  }

  /** As without its backend: its supervisor tries again. */
  #cannotStart(process: Process, error: unknown): void {
    if (this.#process !== process) return;
    this.#world.transcript.say(`${this.place} cannot start: ${String(error)}`);
    this.kill();
    this.#world.queue.after(SUPERVISOR_MILLIS, () => this.start());
  }

  kill(): void {
    this.#world.transcript.say(`${this.place} is killed`);
    this.#process?.die();
    this.#backend?.kill();
    this.#process = null;
    this.#node = null;
    for (const stream of this.#streams) stream.close();
    this.#streams.clear();
  }

  /** Right before or right after the n-th line from now on is in its journals, with all that are written together with it. */
  killAtLine(line: number, when: 'before' | 'after', restartAfterMillis: number): void {
    let written = 0;
    this.disk.onJournalLines = (moment, count) => {
      if (moment === 'before') written += count;
      const isAmongThem = written >= line && written - count < line;
      if (!isAmongThem || moment !== when) return 'lives';
      this.disk.onJournalLines = null;
      this.kill();
      this.#world.queue.after(restartAfterMillis, () => this.start());
      return 'died';
    };
  }

  stepClock(byMillis: number): void {
    this.#skewMillis += byMillis;
  }

  setHook(hook: string, behaviour: HookBehaviour | null): void {
    if (behaviour === null) this.#hooks.delete(hook);
    else this.#hooks.set(hook, behaviour);
  }

  hang(): void {
    this.#process?.hang();
  }

  resume(): void {
    this.#process?.resume();
  }

  breakStore(isBroken: boolean): void {
    if (isBroken) this.disk.fail('everything');
    else this.disk.heal();
  }

  operate(operation: OperationFault['operation'], server: string, below: string): void {
    const node = this.#node;
    if (node === null) {
      this.#world.transcript.say('nobody takes the order');
      return;
    }
    this.#options.touch();
    const [key, other] = [server, below].map((hostname) => ({ hostname, port: 3306 }));
    if (key === undefined || other === undefined) return;
    void node.calls
      .operate(requestOf(operation, key, other))
      .then((outcome) => (outcome.kind === 'done' ? 'done' : `${outcome.kind}: ${outcome.refusal.message}`))
      .catch((error: unknown) => String(error))
      .then((result) => this.#world.transcript.say(`${operation}: ${result}`));
  }

  takeOver(to: string | null): void {
    this.#order('takeover', to, (calls, request) => calls.gracefulTakeover({ ...request, auto: true }));
  }

  force(to: string | null): void {
    this.#order('forced', to, (calls, request) => calls.forceFailover(request));
  }

  /** Of the cluster of whoever takes writes; when nobody does, of any. */
  #order(
    what: string,
    to: string | null,
    send: (calls: OrchestratorNode['calls'], request: ForcedFailoverRequest) => Promise<Outcome<unknown>>,
  ): void {
    const calls = this.#node?.calls;
    const { transcript, servers } = this.#world;
    const primary = servers.find((server) => server.isRunning && server.running.gate.level === 'off') ?? servers[0];
    const found = primary === undefined ? null : calls?.resolveKey(primary.options.host, String(primary.options.port));
    const instance = found?.kind === 'ok' ? calls?.instance(found.value) : null;
    if (calls === undefined || instance === null || instance === undefined) {
      transcript.say('nobody takes the order');
      return;
    }
    this.#options.touch();
    const designated = to === null ? null : { hostname: to, port: 3306 };
    void send(calls, { clusterName: instance.instance.clusterName, designated })
      .then((outcome) => (outcome.kind === 'ok' ? 'done' : outcome.refusal.message))
      // As the door would say it.
      .catch((error: unknown) => String(error))
      .then((result) => transcript.say(`${what}: ${result}`));
  }

  /** As the disk has it. */
  async unfinishedRecoveries(): Promise<readonly string[]> {
    return (await openMemoryBackend(this.disk).unfinishedRecoveries()).map(({ uid }) => uid);
  }

  #compose(process: Process, random: World['random']): Promise<OrchestratorNode> {
    const { network } = this.#world;
    const backend = openMemoryBackend(this.disk);
    this.#backend = backend;
    const clock = pretendClock({ process, skewMillis: () => this.#skewMillis, touch: this.#options.touch });
    return composeNode(
      {
        settings: settingsOf(this.#options.configuration),
        mode: 'service',
        command: '',
        version: 'simulated',
        log: this.#log(),
        discovery: true,
        grabElection: false,
        noop: false,
        registers: true,
      },
      {
        backend,
        clock,
        dial: dialThrough({
          network,
          from: this.place,
          clock,
          process,
          find: (key) => this.#world.doorAt(key),
          nextPort: () => this.#nextPort++,
          touch: this.#options.touch,
          opened: (stream) => this.#streams.add(stream),
        }),
        // There is none: every name is its own.
        nameService: {
          address: async (name) => name,
          canonicalName: async (name) => name,
          reach: async () => null,
        },
        tlsFiles: () => ({ kind: 'ok', tls: { authorities: null, certificate: null, key: null, verifies: true } }),
        otherNodes: () =>
          questionsThrough({
            network,
            clock,
            from: this.place,
            others: () => (this.#options.others?.() ?? []).map((other) => other.questions),
            heard: (work) => this.#runIn(process, work),
          }),
        startHook: pretendHooks(clock, this.#hooks),
        hostname: this.place,
        random: () => random.next(),
        randomHex: (bytes) => random.hex(bytes),
      },
    );
  }

  #log(): Log {
    const say = (level: string) => (message: string) =>
      this.#world.transcript.say(`${this.place} ${level}: ${message}`);
    return { debug: () => {}, info: say('info'), warning: say('warning'), error: say('error') };
  }
}

function requestOf(operation: OperationFault['operation'], key: InstanceKey, below: InstanceKey): OperationRequest {
  switch (operation) {
    case 'relocate':
    case 'move-below':
      return { kind: operation, key, below };
    case 'move-up':
    case 'take-master':
    case 'make-co-master':
    case 'take-siblings':
    case 'restart-replication':
      return { kind: operation, key };
    case 'relocate-replicas':
      return { kind: operation, key, below, pattern: '' };
    case 'regroup-replicas':
      return { kind: operation, key, method: 'any' };
  }
}
