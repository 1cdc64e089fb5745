// What the analysis itself costs at the size of a large fleet: while nothing changes, and for one change. No server, no backend and no network is in it.

import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { settingsOf } from '../src/config/testing.ts';
import { Picture } from '../src/discovery/picture.ts';
import { RememberingStore } from '../src/discovery/testing.ts';
import type { Instance } from '../src/model/instance.ts';
import { sampleKey, sampleReplica, sampleServer } from '../src/model/topology-samples.ts';
import { Analyst } from '../src/service/analyst.ts';
import { Decisions } from '../src/service/decisions.ts';
import { SuspectedLocks } from '../src/service/suspected-locks.ts';
import { systemClock } from '../src/service/system-clock.ts';
import { Watch } from '../src/service/watch.ts';
import { memoryBackend } from '../src/sim/backend/open-memory-backend.ts';
import { rounded } from './statistics.ts';
import { surroundings } from './surroundings.ts';

export interface AnalysisBench {
  readonly servers: number;
  readonly seconds: number;
  readonly say: (line: string) => void;
}

/** Servers of a cluster, its primary included. */
const clusterSizes = [4, 50] as const;

const changes = 2_000;
const warmUpChanges = 500;

const LOG = { debug: () => {}, info: () => {}, warning: () => {}, error: () => {} };

/** One JSON object. */
export async function benchAnalysis({ servers, seconds, say }: AnalysisBench): Promise<object> {
  const bySize = [];
  for (const size of clusterSizes) {
    const measured = await measure(servers, size, seconds);
    say(
      `clusters of ${size}: ${measured.idleCpuMillisPerSecond} ms of CPU a second while nothing changes, ${measured.changeMicros.median} µs for one change`,
    );
    bySize.push({ clusterSize: size, ...measured });
  }
  return { bench: 'analysis', servers, seconds, bySize, ...surroundings('none') };
}

async function measure(servers: number, size: number, seconds: number) {
  const { picture, watch, replicas } = aFleet(servers, size);
  watch.start();
  await pause(2_000);
  const before = process.cpuUsage();
  const began = performance.now();
  await pause(seconds * 1_000);
  const { user, system } = process.cpuUsage(before);
  const idleCpuMillisPerSecond = (user + system) / 1_000 / ((performance.now() - began) / 1_000);

  const times: number[] = [];
  for (let index = 0; index < warmUpChanges + changes; index++) {
    const replica = replicas[(index * 7919) % replicas.length];
    if (replica === undefined) break;
    // Each time something that a poll would find: half of them stop, the other half go on.
    const stopped: Instance = { ...replica, applierState: 'stopped', applierRunning: false };
    const changed = picture.topology.get(replica.key)?.applierRunning === true ? stopped : replica;
    const at = performance.now();
    picture.observed(changed);
    // The look is at the end of the turn in which something changed.
    await Promise.resolve();
    await Promise.resolve();
    if (index >= warmUpChanges) times.push((performance.now() - at) * 1_000);
  }
  watch.stop();
  const sorted = times.sort((one, other) => one - other);
  const at = (share: number): number => Math.round(sorted[Math.floor(sorted.length * share)] ?? Number.NaN);
  return {
    idleCpuMillisPerSecond: rounded(idleCpuMillisPerSecond, 1),
    changes,
    // The worst ones hold a collection of garbage.
    changeMicros: { median: at(0.5), ninetyNineOfAHundred: at(0.99), worst: Math.round(sorted.at(-1) ?? Number.NaN) },
  };
}

function aFleet(servers: number, size: number) {
  const clusters = Math.floor(servers / size);
  const picture = new Picture(new RememberingStore());
  const replicas: Instance[] = [];
  for (let cluster = 0; cluster < clusters; cluster++) {
    const hostname = `db${cluster}`;
    const onHost = (instance: Instance): Instance => ({
      ...instance,
      key: sampleKey(instance.key.port, hostname),
      sourceKey: instance.sourceKey === null ? null : sampleKey(instance.sourceKey.port, hostname),
    });
    picture.observed(onHost(sampleServer(1)));
    for (let port = 2; port <= size; port++) {
      const replica = onHost(sampleReplica(port, 1));
      picture.observed(replica);
      replicas.push(replica);
    }
  }
  const backend = memoryBackend();
  const suspectedLocks = new SuspectedLocks(backend, systemClock, LOG);
  const analyst = new Analyst({
    picture,
    decisions: new Decisions(backend),
    settings: () => settings,
    clock: systemClock,
    identity: { hostname: 'bench', token: 'bench' },
    aliasOf: (name) => name,
    domainOf: () => undefined,
    resolve: (name) => name,
    suspectedLocks,
    stuckWrites: () => new Map(),
    restartedReadOnly: () => new Set(),
  });
  const watch = new Watch({
    picture,
    analyst,
    emergencies: { respond: () => {}, graceMillis: () => 0 },
    suspectedLocks,
    recoveries: {
      looksAfter: () => 'nobody',
      handle: async () => ({ kind: 'not-attempted', reason: 'nothing is recovered here' }),
    },
    store: { recordAnalysis: async () => true, appendAudit: async () => {} },
    clock: systemClock,
    log: LOG,
    emit: () => {},
    isLeader: () => true,
    warmUpMillis: () => 0,
  });
  return { picture, watch, replicas };
}

const settings = settingsOf({});
