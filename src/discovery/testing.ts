/** For tests of discovery: a clock that goes when it is told to, a store that remembers, probe facts. */
import { type Millis, millis, type UnixMillis, unixMillis } from '../model/brand.ts';
import type { Instance } from '../model/instance.ts';
import type { Observation, ObservationChange } from '../model/observation-queue.ts';
import { SAMPLE_NOW, sampleServer } from '../model/topology-samples.ts';
import type { ProbeFacts } from '../mysql/dialect.ts';
import type { Clock, Timer } from '../ports/clock.ts';
import type { ObservationStore } from '../ports/observation-store.ts';
import type { DiscoveryPolicy } from './discovery-policy.ts';
import { HostnameResolver, type HostnameResolverOptions } from './hostname-resolver.ts';

interface Due {
  readonly at: number;
  readonly run: () => void;
}

export class ManualClock implements Clock {
  readonly #start: UnixMillis;
  #monotonic = 0;
  #due: Due[] = [];

  constructor(start: UnixMillis = SAMPLE_NOW) {
    this.#start = start;
  }

  now(): UnixMillis {
    return unixMillis(this.#start + this.#monotonic);
  }

  monotonic(): Millis {
    return millis(this.#monotonic);
  }

  get timers(): number {
    return this.#due.length;
  }

  after(delay: Millis, run: () => void): Timer {
    const due = { at: this.#monotonic + delay, run };
    this.#due.push(due);
    return { cancel: () => void (this.#due = this.#due.filter((other) => other !== due)) };
  }

  sleep(delay: Millis): Promise<void> {
    return new Promise((resolve) => this.after(delay, resolve));
  }

  /** Lets time pass, timer by timer; what each sets off has come to rest before the next. */
  async advance(byMillis: number): Promise<void> {
    const end = this.#monotonic + byMillis;
    await settled();
    for (;;) {
      const [next] = this.#due.filter(({ at }) => at <= end).sort((one, other) => one.at - other.at);
      if (next === undefined) break;
      this.#due = this.#due.filter((due) => due !== next);
      this.#monotonic = next.at;
      next.run();
      await settled();
    }
    this.#monotonic = end;
  }
}

/** When everything that was ready to go on has gone on. */
export const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Knows what it was given at the start, remembers what is queued. */
export class RememberingStore implements ObservationStore {
  readonly queued: Observation[] = [];
  readonly #stored: readonly Instance[];

  constructor(stored: readonly Instance[] = []) {
    this.#stored = stored;
  }

  loadInstances = () => Promise.resolve(this.#stored);
  queue(instance: Instance, change: ObservationChange): void {
    this.queued.push({ instance, change });
  }
  seed = () => Promise.resolve();
  saveTlsDemand = () => Promise.resolve();
  flush = () => Promise.resolve();
  forget = () => Promise.resolve(true);
  loadHostnameResolves = () => Promise.resolve(new Map());
  saveHostnameResolve = () => Promise.resolve();
  clearHostnameResolves = () => Promise.resolve();
  loadHostnameUnresolves = () => Promise.resolve(new Map());
  saveHostnameUnresolve = () => Promise.resolve();
  deleteHostnameUnresolve = () => Promise.resolve();
  loadClusterDomains = () => Promise.resolve(new Map());
  saveClusterDomain = () => Promise.resolve();
  expireNames = () => Promise.resolve();
  saveClusterAlias = () => Promise.resolve();
  loadClusterAliases = () => Promise.resolve(new Map());
  saveClusterAliasOverride = () => Promise.resolve();
  loadClusterAliasOverrides = () => Promise.resolve(new Map());
  recordAnalysis = () => Promise.resolve(true);
}

export const TEST_POLICY: DiscoveryPolicy = {
  pollMillis: 5_000,
  connectMillis: 1_000,
  answerMillis: 10_000,
  maxConcurrency: 10,
  maxDeadConcurrency: 10,
  deadBackOff: { pollMillis: 5_000, factor: 1, maxMillis: 300_000 },
  defaultPort: 3306,
  byRegisteredReplicas: false,
  hostnameMethod: 'none',
  rejectsHostname: () => false,
  hostnameExpiryMillis: 3_600_000,
  selfNameMethod: 'as-dialled',
  ignores: () => false,
  ignoresReplica: () => false,
  ignoresSource: () => false,
  ignoresReplicationUser: () => false,
  placePatterns: { dataCenter: () => null, region: () => null, physicalEnvironment: () => null },
  configuredQueries: [],
};

/** Resolves nothing: tests of names bring their own. */
export function aResolver(
  store: ObservationStore,
  clock: Clock,
  changes: Partial<HostnameResolverOptions> = {},
): HostnameResolver {
  return new HostnameResolver({
    method: () => 'none',
    rejects: () => false,
    expiryMillis: () => 3_600_000,
    nameService: { address: async () => null, canonicalName: async () => null },
    store,
    clock,
    onStoreError: () => {},
    ...changes,
  });
}

export function probeFacts(changes: Partial<ProbeFacts> = {}): ProbeFacts {
  return {
    instance: sampleServer(10111),
    hostname: 'db1.example',
    reportHost: '',
    reportPort: 10111,
    registeredReplicas: [],
    dumpingReplicas: [],
    replicationUser: '',
    ...changes,
  };
}
