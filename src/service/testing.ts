/** For tests: a node on a backend in memory that dials nobody, by a clock that goes when it is told to. */

import { declarationOf, type Settings, settingsFrom } from '../config/settings.ts';
import { ManualClock } from '../discovery/testing.ts';
import { unixMillis } from '../model/brand.ts';
import type { Instance } from '../model/instance.ts';
import type { NameService } from '../ports/name-service.ts';
import { NO_OTHER_NODES } from '../ports/other-nodes.ts';
import { type MemoryBackend, memoryBackend } from '../sim/backend/open-memory-backend.ts';
import type { OrchestratorCalls } from './calls.ts';
import { composeNode } from './compose-node.ts';

/** 2026-03-01 12:00:00 UTC. */
const START = unixMillis(Date.UTC(2026, 2, 1, 12));

/** When servers of tests were last seen: two seconds before. */
export const SEEN = unixMillis(START - 2_000);

/** A server of MySQL 8.4 with GTID and binary log that answered. */
export const HEALTHY: Partial<Instance> = {
  version: '8.4.3',
  lastSeen: SEEN,
  lastChecked: SEEN,
  lastAttemptedCheck: SEEN,
  logBinEnabled: true,
  logReplicaUpdatesEnabled: true,
  supportsOracleGtid: true,
  usingOracleGtid: true,
  gtidMode: 'ON',
};

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
  /** Default: a service. */
  readonly mode?: 'service' | 'command';
  /** Writes what is there before the node opens. */
  readonly prepare?: (backend: MemoryBackend, clock: ManualClock) => Promise<void> | void;
}

export async function aNode({
  servers = [],
  settings = {},
  prepare,
  nameService = {},
  mode = 'service',
}: TestNodeWanted = {}): Promise<TestNode> {
  const clock = new ManualClock(START);
  const backend = memoryBackend();
  for (const server of servers) backend.queue(server, 'facts');
  await backend.flush();
  await prepare?.(backend, clock);
  const node = await composeNode(
    {
      settings: { ...settingsFrom((name) => declarationOf(name).default), ...settings },
      mode,
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
      otherNodes: () => NO_OTHER_NODES,
      startHook: () => Promise.reject(new Error('no hook runs in this test')),
      hostname: 'orc',
      random: () => 0,
      randomHex: (bytes) => '0'.repeat(bytes * 2),
    },
  );
  return { calls: node.calls, backend, clock, start: () => node.start() };
}
