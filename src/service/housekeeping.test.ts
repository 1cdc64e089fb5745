/** What a node does by the clock to what people decided. */
import { describe, expect, it } from 'vitest';
import { clusterName, seconds, type UnixMillis, unixMillis } from '../model/brand.ts';
import { LOST_IN_RECOVERY } from '../model/decisions.ts';
import { sampleGroup, sampleKey, sampleReplica, sampleServer } from '../model/topology-samples.ts';
import { trx } from '../planning/testing.ts';
import { aNode, HEALTHY, SEEN, type TestNode } from './testing.ts';

const YEAR_MILLIS = 365 * 24 * 3600 * 1000;
const A = sampleKey(1);
const LONG_AGO = Date.UTC(2025, 0, 1);

const audits = async ({ backend }: TestNode) =>
  (await backend.audit({ page: 0 })).map(({ type, key, message }) => [type, key?.port ?? null, message]);

describe('downtime', () => {
  it('O71: ends by itself, and that is audited', async () => {
    const node = await aNode();
    await node.calls.beginDowntime(A, 'me', 'disk', seconds(30));
    await node.start();
    await node.clock.advance(29_000);
    expect(await node.backend.loadDowntimes()).toHaveLength(1);
    await node.clock.advance(10_000);
    expect(await node.backend.loadDowntimes()).toEqual([]);
    expect((await audits(node))[0]).toEqual(['expire-downtime', null, 'Expired 1 entries']);
  });

  it('of a lost server lasts a year from now, as long as the node lives', async () => {
    const node = await aNode();
    const begin = node.clock.now();
    const end = unixMillis(begin + 60_000);
    await node.backend.beginDowntime({ key: A, owner: 'o', reason: LOST_IN_RECOVERY, begin, end });
    await node.start();
    await node.clock.advance(100_000);
    const [downtime] = await node.backend.loadDowntimes();
    expect(downtime?.begin).toBe(begin);
    expect(yearsFrom(node.clock.now(), downtime?.end)).toBeCloseTo(1, 5);
  });
});

describe('the downtime of a lost server that replicates again', () => {
  const lostReplica = async (executedGtidSet: string) => {
    const begin = unixMillis(SEEN - 120_000);
    const running = { receiverState: 'running', applierState: 'running' } as const;
    const node = await aNode({
      servers: [
        sampleServer(1, { ...HEALTHY, executedGtidSet: trx('1-9') }),
        sampleReplica(2, 1, { ...HEALTHY, ...running, readOnly: true, executedGtidSet }),
      ],
      prepare: (backend) =>
        backend.beginDowntime({
          key: sampleKey(2),
          owner: 'o',
          reason: LOST_IN_RECOVERY,
          begin,
          end: unixMillis(SEEN + 600_000),
        }),
    });
    await node.start();
    await node.clock.advance(6_000);
    return node.backend.loadDowntimes();
  };

  it('ends, as the contract has it', async () => {
    expect(await lostReplica(trx('1-9'))).toEqual([]);
  });

  it('G1: stays while it has something of its own that its source has not', async () => {
    expect(await lostReplica(`${trx('1-9')},${trx('1-2', 2)}`)).toMatchObject([{ reason: LOST_IN_RECOVERY }]);
  });
});

const yearsFrom = (now: UnixMillis, end: UnixMillis = now): number => (end - now) / YEAR_MILLIS;

describe('a maintenance lock', () => {
  it('O70: is released when it is past its end, and that is audited', async () => {
    const node = await aNode();
    await node.calls.beginMaintenance(A, 'me', 'kernel', seconds(30));
    await node.start();
    await node.clock.advance(61_000);
    expect(await node.calls.maintenance()).toEqual([]);
    expect((await audits(node))[0]).toEqual(['expire-maintenance', null, 'Expired 1 entries']);
  });

  it('keeps its server from being judged until it is expired, which is soon after its end', async () => {
    const gone = sampleServer(1, { lastSeen: unixMillis(LONG_AGO), lastChecked: unixMillis(LONG_AGO + 60_000) });
    const node = await aNode({ servers: [gone] });
    const judged = () => node.calls.replicationAnalysis({ includeDowntimed: false }).map(({ code }) => code);
    expect(judged()).toEqual(['DeadMasterWithoutReplicas']);
    await node.calls.beginMaintenance(A, 'me', 'kernel', seconds(30));
    await node.clock.advance(31_000);
    // As the contract has it of rows on which nobody keeps house: the same as a command would say.
    expect(judged()).toEqual([]);
    expect(await node.calls.maintenance()).toEqual([]);
    await node.start();
    await node.clock.advance(6_000);
    expect(judged()).toEqual(['DeadMasterWithoutReplicas']);
  });

  it('O70: ends by its id once, and the audit names server and id', async () => {
    const node = await aNode();
    const lock = await node.calls.beginMaintenance(A, 'me', 'kernel', seconds(30));
    const id = lock.kind === 'ok' ? lock.value.id : 0;
    expect(await node.calls.endMaintenanceById(id + 1)).toEqual({ kind: 'ok', value: false });
    expect(await node.calls.endMaintenanceById(id)).toEqual({ kind: 'ok', value: true });
    expect(await node.calls.endMaintenanceById(id)).toEqual({ kind: 'ok', value: false });
    expect(await node.calls.maintenance()).toEqual([]);
    expect((await audits(node)).slice(0, -1)).toEqual([['end-maintenance', 1, `maintenanceToken: ${id}`]]);
  });
});

describe('what operations have left behind', () => {
  it('is forgotten by the minute: injections after an hour, equal places when they are as old as a server that is forgotten', async () => {
    const place = (port: number) => ({
      source: sampleKey(port),
      coordinates: { file: 'bin.000001', pos: 4, type: 'binary' as const },
    });
    const node = await aNode({
      settings: { UnseenInstanceForgetHours: 2 },
      prepare: async (backend, clock) => {
        const ago = (minutes: number) => unixMillis(clock.now() - minutes * 60_000);
        await backend.recordInjection(clusterName('old:1'), ago(59.5));
        await backend.recordInjection(clusterName('new:1'), ago(30));
        await backend.saveEquivalence(place(1), place(2), ago(119.5));
        await backend.saveEquivalence(place(3), place(4), ago(60));
      },
    });
    await node.start();
    await node.clock.advance(20_000);
    expect((await node.backend.loadInjections()).size).toBe(2);
    expect(await node.backend.loadEquivalences(place(1))).toEqual([place(2)]);
    await node.clock.advance(41_000);
    expect([...(await node.backend.loadInjections()).keys()]).toEqual(['new:1']);
    expect(await node.backend.loadEquivalences(place(1))).toEqual([]);
    expect(await node.backend.loadEquivalences(place(3))).toEqual([place(4)]);
  });
});

describe('an alias that two clusters suggest', () => {
  it('is that of the replication group, not of the member that was restarted outside of it', async () => {
    const suggestedClusterAlias = 'shop';
    const group = { ...sampleGroup(2, 2), members: [sampleKey(3)] };
    const node = await aNode({
      servers: [sampleServer(1, { suggestedClusterAlias }), sampleServer(2, { suggestedClusterAlias, group })],
    });
    await node.start();
    await node.clock.advance(6_000);
    expect(node.calls.clusterByAlias('shop')).toBe('127.0.0.1:2');
  });
});

describe('a lock of an operation', () => {
  it('K12: of a process that was killed goes soon after its end, and not with the next minute', async () => {
    const node = await aNode();
    const dead = { hostname: 'orchestrator-0', token: 'killed' };
    const now = node.clock.now();
    const lock = { key: A, owner: 'orchestrator', reason: 'relocate', begin: now, end: unixMillis(now + 600_000) };
    await node.backend.beginMaintenanceOfAll([lock], { node: dead, bounded: false });
    await node.start();
    await node.clock.advance(12_000);
    expect(await node.calls.maintenance()).toEqual([]);
    expect((await audits(node))[0]).toEqual(['expire-maintenance', null, 'Expired 1 entries']);
  });
});
