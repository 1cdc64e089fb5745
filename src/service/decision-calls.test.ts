/** What people decide about servers, through the calls of a node: downtime, maintenance, promotion rules. */
import { describe, expect, it } from 'vitest';
import { seconds } from '../model/brand.ts';
import { sampleKey, sampleReplica, sampleServer } from '../model/topology-samples.ts';
import { aNode, type TestNode } from './testing.ts';

const [PRIMARY, REPLICA] = [sampleKey(1), sampleKey(2)];

const aPair = () => aNode({ servers: [sampleServer(1), sampleReplica(2, 1)] });

/** Newest first: `type port: message`. */
const audits = async ({ backend }: TestNode): Promise<readonly string[]> =>
  (await backend.audit({ page: 0 })).map(({ type, key, message }) => `${type} ${key?.port}: ${message}`);

describe('maintenance', () => {
  it('O70: locks a server for its owner until it ends, and a second lock is refused', async () => {
    const node = await aPair();
    const lock = await node.calls.beginMaintenance(REPLICA, 'me', 'kernel', seconds(3600));
    expect(lock).toMatchObject({ kind: 'ok', value: { key: REPLICA, owner: 'me', reason: 'kernel' } });
    expect(await node.calls.beginMaintenance(REPLICA, 'you', 'disk', seconds(60))).toMatchObject({
      refusal: { code: 'locked' },
    });
    expect((await node.calls.maintenance()).map(({ key }) => key)).toEqual([REPLICA]);
    expect(await node.calls.endMaintenance(REPLICA)).toEqual({ kind: 'ok', value: true });
    expect(await node.calls.endMaintenance(REPLICA)).toEqual({ kind: 'ok', value: false });
    expect(await audits(node)).toEqual([
      'end-maintenance 2: ',
      'begin-maintenance 2: maintenanceToken: 1, owner: me, reason: kernel',
    ]);
  });
});

describe('downtime', () => {
  it('O71: is shown while it lasts, and is replaced by a later one', async () => {
    const node = await aPair();
    await node.calls.beginDowntime(REPLICA, 'me', 'disk', seconds(3600));
    await node.calls.beginDowntime(REPLICA, 'you', 'kernel', seconds(60));
    expect(node.calls.downtimed().map(({ downtime }) => downtime?.reason)).toEqual(['kernel']);
    await node.clock.advance(61_000);
    expect(node.calls.downtimed()).toEqual([]);
  });

  it('O71: ends when somebody says so; the audit tells of an end only where there was one', async () => {
    const node = await aPair();
    await node.calls.beginDowntime(REPLICA, 'me', 'disk', seconds(3600));
    expect(await node.calls.endDowntime(REPLICA)).toEqual({ kind: 'ok', value: true });
    expect(await node.calls.endDowntime(REPLICA)).toEqual({ kind: 'ok', value: false });
    expect(await audits(node)).toEqual(['end-downtime 2: ', 'begin-downtime 2: owner: me, reason: disk']);
  });
});

describe('a promotion rule', () => {
  it('O74: is registered, shown and audited; a later one replaces it', async () => {
    const node = await aPair();
    await node.calls.registerCandidate(REPLICA, 'prefer');
    await node.calls.registerCandidate(REPLICA, 'must_not');
    expect(node.calls.instance(REPLICA)?.candidate?.rule).toBe('must_not');
    expect(node.calls.instance(PRIMARY)?.candidate).toBeNull();
    expect(await audits(node)).toEqual(['register-candidate 2: must_not', 'register-candidate 2: prefer']);
  });

  it('O74: decides who is chosen', async () => {
    const node = await aNode({ servers: [sampleServer(1), sampleReplica(2, 1), sampleReplica(3, 1)] });
    expect(node.calls.candidateReplica(PRIMARY)).toEqual({ kind: 'ok', value: REPLICA });
    await node.calls.registerCandidate(sampleKey(3), 'prefer');
    expect(node.calls.candidateReplica(PRIMARY)).toEqual({ kind: 'ok', value: sampleKey(3) });
  });

  it('O74: must is refused, and so is what is none; nothing is registered then', async () => {
    const node = await aPair();
    for (const rule of ['must', 'best', '']) {
      expect(await node.calls.registerCandidate(REPLICA, rule)).toMatchObject({ refusal: { code: 'invalid-rule' } });
    }
    expect(node.calls.candidates()).toEqual([]);
  });

  it('O74: is forgotten in time unless it is registered again', async () => {
    const node = await aNode({ servers: [sampleServer(1)], settings: { CandidateInstanceExpireMinutes: 1 } });
    await node.start();
    await node.calls.registerCandidate(PRIMARY, 'prefer');
    await node.clock.advance(200_000);
    expect(node.calls.candidates()).toEqual([]);
  });
});
