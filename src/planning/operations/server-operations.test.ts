/** Which requests have a planner here, and whom they want read before. */
import { describe, expect, it } from 'vitest';
import { clusterName } from '../../model/brand.ts';
import { sampleReplica, sampleServer } from '../../model/topology-samples.ts';
import type { OperationRequest } from './operation-request.ts';
import { planOperation } from './plan-operation.ts';
import { isServerOperation } from './server-operations.ts';
import { serversToRead } from './servers-to-read.ts';
import { at, aWorld, OTHER, PRIMARY, REPLICA, refusalOf } from './testing.ts';

const key = at(REPLICA);
const SERVER_REQUESTS: readonly OperationRequest[] = [
  { kind: 'stop-replication', key },
  { kind: 'stop-replication-nicely', key, timeoutSeconds: 0 },
  { kind: 'start-replication', key },
  { kind: 'restart-replication', key },
  { kind: 'delay-replication', key, delaySeconds: 1 },
  { kind: 'skip-query', key },
  { kind: 'change-credentials', key },
  { kind: 'set-read-only', key, readOnly: true },
  { kind: 'set-semi-sync-source', key, enabled: true },
  { kind: 'set-semi-sync-replica', key, enabled: true },
  { kind: 'flush-binary-logs', key, count: 1 },
  { kind: 'flush-binary-logs-until', key, file: 'bin.000001' },
  { kind: 'purge-binary-logs', key, file: 'latest', force: false },
  { kind: 'kill-query', key, processId: 1 },
  { kind: 'gtid-errant-reset-master', key },
  { kind: 'gtid-errant-inject-empty', key },
  { kind: 'detach-source', key },
  { kind: 'reattach-source', key },
  { kind: 'reset-replication', key },
];

describe('planning an operation', () => {
  it.each(SERVER_REQUESTS)('$kind has a planner, which refuses a server that nobody knows', (request) => {
    expect(isServerOperation(request)).toBe(true);
    expect(refusalOf(planOperation(request, aWorld([])))).toBe('not-found: Error reading 127.0.0.1:3302');
  });

  it.each([
    ...SERVER_REQUESTS,
    { kind: 'repoint', key, below: null },
    { kind: 'move-up', key },
    { kind: 'move-below', key, below: at(OTHER) },
    { kind: 'move-below-gtid', key, below: at(OTHER) },
    { kind: 'take-master', key },
    { kind: 'make-co-master', key },
    { kind: 'enable-gtid', key },
    { kind: 'disable-gtid', key },
    { kind: 'match-below', key, below: at(OTHER) },
    { kind: 'rematch', key },
  ] as const)('$kind of a server that does not answer, known or not, is refused in its own words', (request) => {
    const known = [sampleServer(PRIMARY), sampleReplica(REPLICA, PRIMARY), sampleReplica(OTHER, PRIMARY)];
    for (const servers of [known, []]) {
      const result = planOperation(request, aWorld(servers, { silent: [REPLICA] }));
      expect(refusalOf(result)).toBe('cannot-read: connection refused');
    }
  });

  it('moves go to planners of their own', () => {
    const world = aWorld([sampleServer(PRIMARY), sampleReplica(REPLICA, PRIMARY)]);
    expect(isServerOperation({ kind: 'repoint', key, below: null })).toBe(false);
    expect(refusalOf(planOperation({ kind: 'repoint', key, below: null }, world))).toBe('');
  });
});

describe('whom to read', () => {
  const { topology } = aWorld([
    sampleServer(PRIMARY),
    sampleReplica(REPLICA, PRIMARY),
    sampleReplica(OTHER, PRIMARY),
    sampleReplica(3304, REPLICA),
  ]);
  const ports = (request: OperationRequest, countsAckers = false) =>
    isServerOperation(request) ? serversToRead(request, topology, countsAckers).map(({ port }) => port) : [];

  it('is the server and its source, the real one where it is detached', () => {
    expect(ports({ kind: 'detach-source', key })).toEqual([REPLICA, PRIMARY]);
    const masked = { ...sampleReplica(REPLICA, PRIMARY), sourceKey: { hostname: '//127.0.0.1', port: PRIMARY } };
    const world = aWorld([sampleServer(PRIMARY), masked]);
    expect(serversToRead({ kind: 'reattach-source', key }, world.topology, false)).toEqual([key, at(PRIMARY)]);
  });

  it('is all replicas of the source where it is counted who acknowledges', () => {
    expect(ports({ kind: 'start-replication', key }, true)).toEqual([REPLICA, PRIMARY, OTHER]);
  });

  it('is who needs the binary logs that are to be deleted, and the primary that gets empty transactions', () => {
    expect(ports({ kind: 'purge-binary-logs', key, file: 'latest', force: false })).toEqual([REPLICA, PRIMARY, 3304]);
    expect(ports({ kind: 'gtid-errant-inject-empty', key: at(3304) })).toEqual([3304, REPLICA, PRIMARY]);
  });

  it('L4: is nobody in a panic', () => {
    expect(ports({ kind: 'panic-stop', clusterName: clusterName('127.0.0.1:3301'), which: 'all' })).toEqual([]);
  });
});
