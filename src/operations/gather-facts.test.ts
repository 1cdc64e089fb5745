/** What a plan is made from: servers read just before, and what is asked of others than servers. */
import { describe, expect, it } from 'vitest';
import { sampleKey, sampleReplica, sampleServer } from '../model/topology-samples.ts';
import type { OperationKind, OperationRequest } from '../planning/operations/operation-request.ts';
import { Facts, serversOfRequest } from './gather-facts.ts';
import { aTurn, OperationWorld } from './testing.ts';

const key = sampleKey;
const TREE = [sampleServer(1), sampleReplica(2, 1), sampleReplica(3, 1), sampleReplica(4, 2), sampleReplica(5, 2)];

describe('facts', () => {
  it('are of servers that are read once each; one that does not answer says why, one that nobody asked says nothing', async () => {
    const world = new OperationWorld(TREE);
    world.silent.add(3);
    const facts = new Facts(world.ports);
    await facts.read([key(2), key(3), key(2)]);
    const { read } = facts.now();
    expect([read(key(2)), read(key(3)), read(key(4))]).toEqual(['read', { failure: 'i/o timeout' }, null]);
    expect(world.reads.get(2)).toBe(1);
  });

  it('are read again when they are asked for again: what was silent may answer', async () => {
    const world = new OperationWorld(TREE);
    world.silent.add(2);
    const facts = new Facts(world.ports);
    await facts.read([key(2)]);
    world.silent.clear();
    await facts.read([key(2)]);
    expect([facts.now().read(key(2)), world.reads.get(2)]).toEqual(['read', 2]);
  });

  it('of many servers are read beside each other, and not all at once', async () => {
    const servers = Array.from({ length: 100 }, (_, index) => sampleServer(index + 1));
    const world = new OperationWorld(servers);
    let [now, most] = [0, 0];
    const observe: typeof world.ports.servers.observe = async (asked, deadline) => {
      now += 1;
      most = Math.max(most, now);
      await aTurn();
      now -= 1;
      return world.ports.servers.observe(asked, deadline);
    };
    const facts = new Facts({ ...world.ports, servers: { ...world.ports.servers, observe } });
    await facts.read(servers.map((server) => server.key));
    expect([most, world.reads.size]).toEqual([32, 100]);
  });

  it.each<[OperationRequest, boolean, boolean]>([
    [{ kind: 'relocate', key: key(2), below: key(3) }, true, false],
    [{ kind: 'move-equivalent', key: key(2), below: key(3) }, true, false],
    [{ kind: 'make-co-master', key: key(2) }, false, true],
    [{ kind: 'change-credentials', key: key(2) }, false, true],
    [{ kind: 'move-up', key: key(4) }, false, false],
    [{ kind: 'stop-replication', key: key(2) }, false, false],
    // It replicates from nobody: nothing can be equal to where it stands.
    [{ kind: 'relocate', key: key(1), below: key(3) }, false, false],
  ])('%j: asks for equal places: %s, for an account: %s', async (request, equivalences, account) => {
    const asked: string[] = [];
    const { ports } = new OperationWorld(TREE);
    const facts = new Facts({
      ...ports,
      equivalencesOf: async () => {
        asked.push('places');
        return [];
      },
      credentials: async () => {
        asked.push('account');
        return { user: 'repl', password: 'secret' };
      },
    });
    await facts.lookUp(request);
    expect(asked).toEqual([...(equivalences ? ['places'] : []), ...(account ? ['account'] : [])]);
    expect(facts.now().credentials?.user).toBe(account ? 'repl' : undefined);
  });
});

describe('the servers of a request', () => {
  const portsOf = (request: OperationRequest) => {
    const { topology } = new OperationWorld(TREE);
    return [...new Set(serversOfRequest(request, topology).map(({ port }) => port))].sort();
  };

  it('O58: are those that it names, and their sources', () => {
    expect(portsOf({ kind: 'relocate', key: key(4), below: key(3) })).toEqual([1, 2, 3, 4]);
    expect(portsOf({ kind: 'repoint', key: key(4), below: null })).toEqual([2, 4]);
  });

  it('O24, O59: are the replicas too where it is about them', () => {
    expect(portsOf({ kind: 'move-up-replicas', key: key(2), pattern: '' })).toEqual([1, 2, 4, 5]);
    expect(portsOf({ kind: 'relocate-replicas', key: key(2), below: key(3), pattern: '' })).toEqual([1, 2, 3, 4, 5]);
  });

  it.each<OperationKind & ('take-siblings' | 'make-local-master' | 'start-replication')>([
    'take-siblings',
    'make-local-master',
    'start-replication',
  ])('O28, O44, O3: %s looks at the siblings', (kind) => {
    expect(portsOf({ kind, key: key(4) })).toEqual([2, 4, 5]);
  });

  it('L4: are not read before a panic: all are told at once', () => {
    const { clusterName } = new OperationWorld(TREE).at(1);
    expect(portsOf({ kind: 'panic-stop', clusterName, which: 'all' })).toEqual([]);
  });
});
