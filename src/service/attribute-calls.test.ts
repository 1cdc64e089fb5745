import { describe, expect, it } from 'vitest';
import { clusterName, unixMillis } from '../model/brand.ts';
import { sampleReplica, sampleServer } from '../model/topology-samples.ts';
import { storedTime } from '../sim/backend/timestamp.ts';
import { primaryMoved } from './attribute-calls.ts';
import { Names } from './names.ts';
import { aNode } from './testing.ts';

const NAME = clusterName('127.0.0.1:1');
const primary = sampleServer(1, { clusterName: NAME });
const replica = sampleReplica(2, 1, { clusterName: NAME, replicationDepth: 1 });

/** A cluster with a domain name, as another program or the reference wrote it. */
const withDomain = (servers: readonly (typeof primary)[]) =>
  aNode({
    servers,
    prepare: ({ disk }) =>
      void disk.tables.clusterDomains.set(NAME, { name: 'shop.db.example', at: storedTime(unixMillis(0)) }),
  });

describe('attributes of hosts', () => {
  it('are kept with their time, the later over the earlier', async () => {
    const { calls, clock } = await aNode();
    await calls.setHostAttribute({ hostname: 'a', name: 'rack', value: 'r1' });
    await clock.advance(5_000);
    await calls.setHostAttribute({ hostname: 'a', name: 'rack', value: "o'brien/é" });
    expect(await calls.hostAttributes('rack')).toEqual([
      { hostname: 'a', name: 'rack', value: "o'brien/é", submitted: clock.now(), expires: null },
    ]);
  });

  it.each([
    { hostname: '', name: 'rack', value: 'r' },
    { hostname: 'a', name: '', value: 'r' },
    { hostname: 'a', name: 'rack', value: 'x'.repeat(129) },
    { hostname: 'a', name: 'ra\nck', value: 'r' },
  ])('%j is refused', async (attribute) => {
    const { calls } = await aNode();
    expect(await calls.setHostAttribute(attribute)).toMatchObject({ kind: 'refused' });
    expect(await calls.hostAttributes(attribute.name)).toEqual([]);
  });
});

describe('the domain name of a cluster', () => {
  it('shows in the summary of the cluster', async () => {
    const { calls } = await withDomain([primary]);
    expect(calls.clusterInfo(NAME)?.clusterDomain).toBe('shop.db.example');
  });

  it('stands for the one writable primary once that is stored', async () => {
    const { calls, backend } = await withDomain([primary, replica]);
    expect(await calls.domainInstance(NAME)).toMatchObject({
      refusal: { message: expect.stringMatching(/^No instance is stored under shop\.db\.example/) },
    });
    expect(await calls.setDomainInstance(NAME)).toEqual({ kind: 'ok', value: '127.0.0.1:1' });
    expect(await calls.domainInstance(NAME)).toEqual({ kind: 'ok', value: '127.0.0.1:1' });
    expect(await backend.loadHostAttributes('shop.db.example')).toMatchObject([
      { hostname: '*', value: '127.0.0.1:1' },
    ]);
  });

  it('stands for the new primary after a failover or switchover; a cluster without one changes nothing', async () => {
    const { calls, backend, clock } = await withDomain([primary, replica]);
    await calls.setDomainInstance(NAME);
    const names = new Names(backend);
    await names.load();
    const parts = { names, store: backend, clock };
    await primaryMoved(parts, clusterName('other:1'), clusterName('other:2'));
    expect(await calls.domainInstance(NAME)).toEqual({ kind: 'ok', value: '127.0.0.1:1' });
    await primaryMoved(parts, NAME, clusterName('127.0.0.1:2'));
    expect(await calls.domainInstance(NAME)).toEqual({ kind: 'ok', value: '127.0.0.1:2' });
    expect(await backend.loadHostAttributes('')).toEqual([]);
  });

  it('is not given to one of several, nor to none', async () => {
    const readOnly = await withDomain([{ ...primary, readOnly: true }, replica]);
    expect(await readOnly.calls.setDomainInstance(NAME)).toMatchObject({
      refusal: { message: `Found 0 potential master for cluster ${NAME}` },
    });
    const ring = [sampleReplica(1, 2), sampleReplica(2, 1)].map((one) => ({
      ...one,
      readOnly: false,
      clusterName: NAME,
    }));
    const split = await withDomain(ring);
    expect(await split.calls.setDomainInstance(NAME)).toMatchObject({
      refusal: { message: `Found 2 potential master for cluster ${NAME}` },
    });
  });

  it('may be missing', async () => {
    const { calls } = await aNode({ servers: [primary] });
    const refusal = { message: `Cannot find domain name for cluster ${NAME}` };
    expect(await calls.domainInstance(NAME)).toMatchObject({ refusal });
    expect(await calls.setDomainInstance(NAME)).toMatchObject({ refusal });
    expect(calls.clusterInfo(NAME)?.clusterDomain).toBe('');
  });
});
