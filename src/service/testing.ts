/** For tests: a node on a backend in memory that dials nobody, and a clock that goes when it is told to. */
import { declarationOf, type Settings, settingsFrom } from '../config/settings.ts';
import { type Millis, millis, type UnixMillis, unixMillis } from '../model/brand.ts';
import type { Instance } from '../model/instance.ts';
import type { Clock } from '../ports/clock.ts';
import type { NameService } from '../ports/name-service.ts';
import { type MemoryBackend, memoryBackend } from '../sim/backend/open-memory-backend.ts';
import type { OrchestratorCalls } from './calls.ts';
import { composeNode } from './compose-node.ts';

/** 2026-03-01 12:00:00 UTC. */
const START = Date.UTC(2026, 2, 1, 12);

interface Waiting {
  readonly at: number;
  readonly run: () => void;
}

/** Nothing happens until `advance`; then everything that is due, in its order, each with what follows from it. */
export class ManualClock implements Clock {
  #now = START;
  readonly #waiting = new Set<Waiting>();

  now = (): UnixMillis => unixMillis(this.#now);
  monotonic = (): Millis => millis(this.#now);

  after(delay: Millis, run: () => void) {
    const waiting = { at: this.#now + delay, run };
    this.#waiting.add(waiting);
    return { cancel: () => void this.#waiting.delete(waiting) };
  }

  sleep(delay: Millis): Promise<void> {
    return new Promise((resolve) => this.after(delay, resolve));
  }

  async advance(seconds: number): Promise<void> {
    const end = this.#now + seconds * 1000;
    for (let next = this.#next(end); next !== undefined; next = this.#next(end)) {
      this.#waiting.delete(next);
      this.#now = next.at;
      next.run();
      await settled();
    }
    this.#now = end;
  }

  #next(end: number): Waiting | undefined {
    return [...this.#waiting].filter(({ at }) => at <= end).sort((one, other) => one.at - other.at)[0];
  }
}

/** What needs no time has happened. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export interface TestNode {
  readonly calls: OrchestratorCalls;
  readonly backend: MemoryBackend;
  readonly clock: ManualClock;
  /** Begins to keep house. */
  start(): Promise<void>;
}

export interface TestNodeWanted {
  readonly servers?: readonly Instance[];
  readonly settings?: Partial<Settings>;
  readonly nameService?: Partial<NameService>;
  /** Writes what is there before the node opens. */
  readonly prepare?: (backend: MemoryBackend, clock: ManualClock) => Promise<void> | void;
}

export async function aNode({
  servers = [],
  settings = {},
  prepare,
  nameService = {},
}: TestNodeWanted = {}): Promise<TestNode> {
  const clock = new ManualClock();
  const backend = memoryBackend();
  for (const server of servers) backend.queue(server, 'facts');
  await backend.flush();
  await prepare?.(backend, clock);
  const node = await composeNode(
    {
      settings: { ...settingsFrom((name) => declarationOf(name).default), ...settings },
      mode: 'service',
      command: '',
      version: 'test',
      log: { debug: () => {}, info: () => {}, warning: () => {}, error: () => {} },
      discovery: false,
      grabElection: false,
      noop: false,
      registers: true,
    },
    {
      backend,
      clock,
      dial: () => Promise.reject(new Error('nobody is dialled in this test')),
      nameService: {
        address: async () => null,
        canonicalName: async () => null,
        reach: async () => 'i/o timeout',
        ...nameService,
      },
      tlsFiles: () => ({ kind: 'refused', reason: 'there is no TLS here' }),
      startHook: () => Promise.reject(new Error('no hook runs in this test')),
      hostname: 'orc',
      random: () => 0,
      randomHex: (bytes) => '0'.repeat(bytes * 2),
    },
  );
  return { calls: node.calls, backend, clock, start: () => node.start() };
}
