/** Operations from the request to the report: whom they hold, what they read twice, what they do when something changes meanwhile. */
import { describe, expect, it } from 'vitest';
import { clusterName, millis } from '../model/brand.ts';
import type { Instance } from '../model/instance.ts';
import { instanceKeyText } from '../model/instance-key.ts';
import { sampleKey, sampleReplica, sampleServer } from '../model/topology-samples.ts';
import type { OperationKind, OperationRequest } from '../planning/operations/operation-request.ts';
import { trx } from '../planning/testing.ts';
import { Operations } from './operations.ts';
import { RENEW_LOCKS_MILLIS } from './server-locks.ts';
import { aTurn, OperationWorld, type OperationWorldOptions } from './testing.ts';

const key = sampleKey;
const own = { executedGtidSet: trx('1-10', 1) };
const TREE: readonly Instance[] = [sampleServer(1, own), ...[2, 3, 4, 5].map((port) => sampleReplica(port, 1, own))];

const relocate = { kind: 'relocate', key: key(3), below: key(2) } as const;
const takeSiblings = { kind: 'take-siblings', key: key(2) } as const;

function aWorld(options: OperationWorldOptions = {}, servers = TREE) {
  const world = new OperationWorld(servers, options);
  const operations = new Operations(world.ports);
  const operate = async (request: OperationRequest) => {
    const result = await operations.operate(request);
    if (result.kind === 'refused') return { outcome: 'refused', text: result.refusal.text, code: result.refusal.code };
    const lanes = Object.fromEntries(result.end.lanes.map(({ lane, kind }) => [lane.server.port, kind]));
    return { outcome: result.outcome, lanes, text: result.end.lanes.map(({ text }) => text).join('; ') };
  };
  return { world, operations, operate };
}

/** Every lock that was taken is given back, and nothing is told after that. */
function expectAllReleased({ story, clock }: OperationWorld): void {
  const taken = story.filter((line) => line.startsWith('lock ')).map((line) => line.slice('lock '.length));
  const released = story.filter((line) => line.startsWith('release ')).map((line) => line.slice('release '.length));
  expect([...released].sort()).toEqual([...taken].sort());
  const firstRelease = story.findIndex((line) => line.startsWith('release '));
  expect(story.slice(firstRelease).filter((line) => /^\d/.test(line))).toEqual([]);
  expect(clock.timers).toBe(0);
}

describe('a panic', () => {
  it('L4: tells every replica to stop at once: one that is silent keeps nobody waiting', async () => {
    const { world } = aWorld();
    const { servers } = world.ports;
    const observe: typeof servers.observe = (asked, deadline) =>
      asked.port === 5 ? new Promise(() => {}) : servers.observe(asked, deadline);
    const operations = new Operations({ ...world.ports, servers: { ...servers, observe } });
    const { clusterName: name } = world.at(1);
    void operations.operate({ kind: 'panic-stop', clusterName: name, which: 'all' });
    for (let turn = 0; turn < 1_000 && world.told.length < 3; turn += 1) await aTurn();
    expect(world.told).toEqual(expect.arrayContaining([2, 3, 4].map((port) => `${port} stop-replication`)));
  });
});

describe('a panic in the middle of a move', () => {
  async function panicked() {
    let calls = 0;
    let panic: Promise<unknown> = Promise.resolve();
    const options: OperationWorldOptions = {
      before: async ({ port }, { kind }) => {
        if (port !== 3 || kind !== 'follow' || ++calls > 1) return;
        panic = operations.operate({ kind: 'panic-stop', clusterName: world.at(1).clusterName, which: 'all' });
        for (let turn = 0; turn < 1_000 && !world.told.includes('3 stop-replication'); turn += 1) await aTurn();
      },
    };
    const world = new OperationWorld(TREE, options);
    const operations = new Operations(world.ports);
    const moved = await operations.operate(relocate);
    await panic;
    return { world, operations, moved };
  }

  it('L4: ends it where it is: nobody starts again what was stopped, not to put it back either', async () => {
    const { world, operations, moved } = await panicked();
    expect(moved).toMatchObject({ outcome: 'failed' });
    for (let turn = 0; turn < 50; turn += 1) await world.clock.sleep(millis(200));
    expect(world.told.filter((line) => line.includes('start'))).toEqual([]);
    expect([...world.standing]).toEqual([]);
    expect(operations.isMeantToStand(key(3))).toBe(true);
  });

  it('L4: until a person starts it', async () => {
    const { world, operations } = await panicked();
    expect(await operations.operate({ kind: 'start-replication', key: key(3) })).toMatchObject({ outcome: 'done' });
    expect(operations.isMeantToStand(key(3))).toBe(false);
    expect(world.at(3).applierState).toBe('running');
  });
});

describe('servers that are touched', () => {
  it('O58: are held before anything is told, and given back at the end', async () => {
    const { world, operate } = aWorld();
    expect(await operate(relocate)).toMatchObject({ outcome: 'done', lanes: { 3: 'done' } });
    expect(world.story[0]).toMatch(/^lock /);
    expect(world.story.findIndex((line) => /^\d/.test(line))).toBeGreaterThan(
      world.story.findLastIndex((line) => line.startsWith('lock ')),
    );
    expectAllReleased(world);
  });

  it('O58: are given back after a failure, and after an error of our own', async () => {
    const failing = aWorld({ refuses: (_, { kind }) => kind === 'follow' });
    expect(await failing.operate(relocate)).toMatchObject({ outcome: 'failed', lanes: { 3: 'failed' } });
    expectAllReleased(failing.world);
    const { world } = aWorld();
    const audit = () => Promise.reject(new Error('the backend is gone'));
    // What was done is done, and told with what is wrong.
    const result = await new Operations({ ...world.ports, audit }).operate(relocate);
    expect(result).toMatchObject({ outcome: 'done' });
    expect(JSON.stringify(result)).toContain('it could not be written down: the backend is gone');
    expectAllReleased(world);
  });

  it('O58: are held as long as it takes: renewed every minute', async () => {
    const { world } = aWorld();
    let isSlow = true;
    const { servers } = world.ports;
    const execute: typeof servers.execute = async (...asked) => {
      if (isSlow) await world.clock.sleep(millis(2.5 * RENEW_LOCKS_MILLIS));
      isSlow = false;
      return servers.execute(...asked);
    };
    await new Operations({ ...world.ports, servers: { ...servers, execute } }).operate(relocate);
    expect(world.story.filter((line) => line === 'renew 3')).toHaveLength(2);
    expectAllReleased(world);
  });

  it('O58: one that was taken away in the middle ends it at its next step, and it is put back', async () => {
    let world: OperationWorld | null = null;
    const before: OperationWorldOptions['before'] = async (_, { kind }) => {
      if (kind !== 'follow') return;
      world?.lost.add(3);
      await world?.clock.sleep(RENEW_LOCKS_MILLIS);
    };
    const made = aWorld({ before });
    world = made.world;
    expect(await made.operate(relocate)).toMatchObject({ outcome: 'failed', lanes: { 3: 'failed' } });
    expect(world.told).toEqual(['3 stop-receiver', '3 start-replication']);
    expect(world.at(3).sourceKey).toEqual(key(1));
    expectAllReleased(world);
  });

  it('O58: one that somebody else holds refuses an operation that is about it alone, and names the holder', async () => {
    const { world, operate } = aWorld({ heldByOthers: [3] });
    const refused = await operate(relocate);
    expect(refused).toMatchObject({ outcome: 'refused', code: 'locked' });
    expect(refused.text).toMatch(/^Cannot begin maintenance on 127\.0\.0\.1:3: .*held by ops: disk is being replaced/);
    expect(world.told).toEqual([]);
    expectAllReleased(world);
  });

  it('O28: of several, one that somebody else holds is left out by name', async () => {
    const { world, operate } = aWorld({ heldByOthers: [4] });
    const done = await operate(takeSiblings);
    expect(done).toMatchObject({ outcome: 'partly', lanes: { 3: 'done', 4: 'untouched', 5: 'done' } });
    expect(done.text).toContain('Cannot begin maintenance on 127.0.0.1:4');
    expect(world.told.filter((line) => line.startsWith('4 '))).toEqual([]);
    expectAllReleased(world);
  });
});

describe('the plan', () => {
  it('O58: is made again when the servers are held: what is seen then is what is done', async () => {
    const { world } = aWorld();
    const lock: typeof world.ports.lock = async (asked, reason) => {
      // Somebody else has moved it in the meantime, and it is not a sibling any more.
      world.change(3, { sourceKey: key(5) });
      return world.ports.lock(asked, reason);
    };
    const result = await new Operations({ ...world.ports, lock }).operate(relocate);
    expect(result).toMatchObject({ kind: 'ended', outcome: 'done' });
    expect(result.kind === 'ended' && result.plan.moves.map(({ from }) => from)).toEqual([key(5)]);
    expect(world.at(3).sourceKey).toEqual(key(2));
  });

  it('O58: that does not fit any more when the servers are held refuses, and nothing is told', async () => {
    const { world } = aWorld();
    const lock: typeof world.ports.lock = async (asked, reason) => {
      world.silent.add(2);
      return world.ports.lock(asked, reason);
    };
    expect(await new Operations({ ...world.ports, lock }).operate(relocate)).toMatchObject({ kind: 'refused' });
    expect(world.told).toEqual([]);
    expectAllReleased(world);
  });

  it('O58: that is only asked for holds nobody and tells nobody anything', async () => {
    const { world, operations } = aWorld();
    expect(await operations.plan(relocate)).toMatchObject({ kind: 'planned', plan: { method: 'gtid' } });
    expect([world.story, world.audits]).toEqual([[], []]);
    expect([2, 3].map((port) => world.reads.get(port))).toEqual([1, 1]);
  });
});

describe('a virtual name of the new source', () => {
  it('O28: is found out once for all lanes of a plan, and told', async () => {
    const asked: string[] = [];
    const { world, operations } = aWorld({
      nameOfSource: async (source) => {
        asked.push(instanceKeyText(source));
        return source.port === 2 ? { kind: 'virtual', hostname: 'vip' } : { kind: 'own' };
      },
    });
    const result = await operations.operate(takeSiblings);
    expect(result).toMatchObject({ kind: 'ended', outcome: 'done' });
    expect([3, 4, 5].map((port) => world.at(port).sourceKey)).toEqual(
      [3, 4, 5].map(() => ({ hostname: 'vip', port: 2 })),
    );
    // Once for the plan that says whom to hold, and once for the one that is run.
    expect(asked.filter((text) => text === '127.0.0.1:2')).toHaveLength(2);
  });

  it('O58: that leads elsewhere refuses before anybody is held or told', async () => {
    const { world, operate } = aWorld({
      nameOfSource: async () => ({ kind: 'misleads', hostname: 'vip', why: 'nobody answers', tolerated: false }),
    });
    const refused = await operate(relocate);
    expect(refused.text).toMatch(/^Error unresolving; hostname=127\.0\.0\.1, unresolved=vip: nobody answers; /);
    expect(world.story).toEqual([]);
  });
});

describe('an operation', () => {
  it('A5: that is called off puts back what it has begun, and says so', async () => {
    let world: OperationWorld | null = null;
    const before: OperationWorldOptions['before'] = (_, { kind }) => {
      if (kind === 'follow' && world !== null) world.isCalledOff = true;
    };
    const made = aWorld({ before });
    world = made.world;
    expect(await made.operate(relocate)).toMatchObject({ outcome: 'failed', lanes: { 3: 'failed' } });
    expect(world.told).toEqual(['3 stop-receiver', '3 start-replication']);
    expectAllReleased(world);
  });

  it('is refused on a node that does not lead, and where the cluster is busy', async () => {
    const follower = aWorld({ leads: false });
    expect(await follower.operate(relocate)).toMatchObject({ code: 'not-leader' });
    const busy = aWorld({ busyWith: 'recovery of 127.0.0.1:1' });
    expect(await busy.operate(relocate)).toMatchObject({
      code: 'busy',
      text: expect.stringContaining('is busy with recovery of 127.0.0.1:1'),
    });
    expect([follower.world.story, busy.world.story]).toEqual([[], []]);
  });

  it('L4, O66: does not wait for anybody where a person cannot wait', async () => {
    const { world, operate } = aWorld({ busyWith: 'recovery of 127.0.0.1:1' });
    const { clusterName: name } = world.at(1);
    expect(await operate({ kind: 'panic-stop', clusterName: name, which: 'all' })).toMatchObject({ outcome: 'done' });
    expect([...world.told].sort()).toEqual([2, 3, 4, 5].map((port) => `${port} stop-replication`));
    expect(await operate({ kind: 'kill-query', key: key(1), processId: 7 })).toMatchObject({ outcome: 'done' });
  });

  it('O24, O30: is audited with how many it has moved, of how many there were', async () => {
    const { world, operate } = aWorld({ refuses: ({ port }, { kind }) => port === 4 && kind === 'follow' });
    const request = { kind: 'move-replicas-gtid', key: key(1), below: key(2), pattern: '' } as const;
    expect(await operate(request)).toMatchObject({ outcome: 'partly' });
    expect(world.audits.join('\n')).toContain('2/3');
  });

  it('O58: that has failed as a whole is not audited, runs no hook and changes no records', async () => {
    const chain = [sampleServer(1, own), sampleReplica(2, 1, own), sampleReplica(3, 2, own)];
    const { world, operate } = aWorld({ refuses: (_, { kind }) => kind === 'follow' }, chain);
    expect(await operate({ kind: 'take-master', key: key(3) })).toMatchObject({ outcome: 'failed' });
    expect([world.audits, world.hooks, world.effects]).toEqual([[], [], []]);
    const good = aWorld({}, chain);
    expect(await good.operate({ kind: 'take-master', key: key(3) })).toMatchObject({ outcome: 'done' });
    expect([good.world.audits.length, good.world.hooks]).toEqual([1, ['post-take-master']]);
  });

  it('O14: changes our own records once it has gone well', async () => {
    const detached = sampleReplica(2, 1, { ...own, sourceKey: { hostname: '//127.0.0.1', port: 1 } });
    const { world, operate } = aWorld({}, [sampleServer(1, own), detached]);
    expect(await operate({ kind: 'reattach-source', key: key(2) })).toMatchObject({ outcome: 'done' });
    expect(world.effects).toEqual(['rename-cluster-alias']);
  });

  it('two on different servers of a cluster go on beside each other', async () => {
    let [now, most] = [0, 0];
    const { world } = aWorld({
      before: async () => {
        now += 1;
        most = Math.max(most, now);
        await aTurn();
        now -= 1;
      },
    });
    const operations = new Operations(world.ports);
    const both = [relocate, { kind: 'stop-replication', key: key(5) } as const];
    const results = await Promise.all(both.map((request) => operations.operate(request)));
    expect(results.map((result) => result.kind === 'ended' && result.outcome)).toEqual(['done', 'done']);
    expect(most).toBe(2);
  });
});

/** By what the contract calls it (spec/cli.md 5.9); what it would let through is refused by its own name. */
const NOOP_TEXTS: Readonly<Record<OperationKind, readonly [string, OperationRequest]>> = {
  relocate: ['CHANGE MASTER TO', relocate],
  repoint: ['CHANGE MASTER TO', { kind: 'repoint', key: key(3), below: null }],
  'move-equivalent': ['CHANGE MASTER TO', { kind: 'move-equivalent', key: key(3), below: key(2) }],
  'move-up': ['CHANGE MASTER TO', { kind: 'move-up', key: key(3) }],
  'move-below': ['CHANGE MASTER TO', { kind: 'move-below', key: key(3), below: key(2) }],
  'take-master': ['CHANGE MASTER TO', { kind: 'take-master', key: key(3) }],
  'make-co-master': ['CHANGE MASTER TO', { kind: 'make-co-master', key: key(3) }],
  'move-below-gtid': ['CHANGE MASTER TO', { kind: 'move-below-gtid', key: key(3), below: key(2) }],
  'enable-gtid': ['CHANGE MASTER TO', { kind: 'enable-gtid', key: key(3) }],
  'disable-gtid': ['CHANGE MASTER TO', { kind: 'disable-gtid', key: key(3) }],
  'match-below': ['CHANGE MASTER TO', { kind: 'match-below', key: key(3), below: key(2) }],
  'match-up': ['CHANGE MASTER TO', { kind: 'match-up', key: key(3) }],
  rematch: ['CHANGE MASTER TO', { kind: 'rematch', key: key(3) }],
  'make-master': ['CHANGE MASTER TO', { kind: 'make-master', key: key(3) }],
  'make-local-master': ['CHANGE MASTER TO', { kind: 'make-local-master', key: key(3) }],
  'detach-source': ['CHANGE MASTER TO', { kind: 'detach-source', key: key(3) }],
  'reattach-source': ['CHANGE MASTER TO', { kind: 'reattach-source', key: key(3) }],
  'reset-replication': ['reset-replication', { kind: 'reset-replication', key: key(3) }],
  'relocate-replicas': ['CHANGE MASTER TO', { kind: 'relocate-replicas', key: key(3), below: key(2), pattern: '' }],
  'repoint-replicas': ['CHANGE MASTER TO', { kind: 'repoint-replicas', key: key(3), below: null, pattern: '' }],
  'move-up-replicas': ['CHANGE MASTER TO', { kind: 'move-up-replicas', key: key(3), pattern: '' }],
  'take-siblings': ['CHANGE MASTER TO', { kind: 'take-siblings', key: key(3) }],
  'move-replicas-gtid': ['CHANGE MASTER TO', { kind: 'move-replicas-gtid', key: key(3), below: key(2), pattern: '' }],
  'match-replicas': ['CHANGE MASTER TO', { kind: 'match-replicas', key: key(3), below: key(2), pattern: '' }],
  'match-up-replicas': ['CHANGE MASTER TO', { kind: 'match-up-replicas', key: key(3), pattern: '' }],
  'regroup-replicas': ['CHANGE MASTER TO', { kind: 'regroup-replicas', key: key(3), method: 'any' }],
  'stop-replication': ['stop-replication', { kind: 'stop-replication', key: key(3) }],
  'stop-replication-nicely': [
    'stop-replication-nicely',
    { kind: 'stop-replication-nicely', key: key(3), timeoutSeconds: 0 },
  ],
  'start-replication': ['start-replication', { kind: 'start-replication', key: key(3) }],
  'restart-replication': ['restart-replication', { kind: 'restart-replication', key: key(3) }],
  'delay-replication': ['delay-replication', { kind: 'delay-replication', key: key(3), delaySeconds: 60 }],
  'skip-query': ['skip-query', { kind: 'skip-query', key: key(3) }],
  'change-credentials': ['CHANGE MASTER TO', { kind: 'change-credentials', key: key(3) }],
  'set-read-only': ['set-read-only', { kind: 'set-read-only', key: key(3), readOnly: false }],
  'set-semi-sync-source': ['set-semi-sync-source', { kind: 'set-semi-sync-source', key: key(3), enabled: true }],
  'set-semi-sync-replica': ['set-semi-sync-replica', { kind: 'set-semi-sync-replica', key: key(3), enabled: true }],
  'flush-binary-logs': ['flush-binary-logs', { kind: 'flush-binary-logs', key: key(3), count: 1 }],
  'flush-binary-logs-until': [
    'flush-binary-logs',
    { kind: 'flush-binary-logs-until', key: key(3), file: 'bin.000009' },
  ],
  'purge-binary-logs': ['purge-binary-logs', { kind: 'purge-binary-logs', key: key(3), file: 'latest', force: false }],
  'skip-to-next-log': ['CHANGE MASTER TO', { kind: 'skip-to-next-log', key: key(3) }],
  'kill-query': ['kill-query', { kind: 'kill-query', key: key(3), processId: 7 }],
  'gtid-errant-reset-master': ['reset-master', { kind: 'gtid-errant-reset-master', key: key(3) }],
  'gtid-errant-inject-empty': ['gtid-errant-inject-empty', { kind: 'gtid-errant-inject-empty', key: key(3) }],
  reprovision: ['reprovision', { kind: 'reprovision', key: key(3), donor: null, discardErrant: false }],
  'rescue-transactions': ['rescue-transactions', { kind: 'rescue-transactions', key: key(3) }],
  'panic-stop': ['panic-stop', { kind: 'panic-stop', clusterName: clusterName('127.0.0.1:3'), which: 'all' }],
};

it.each(Object.values(NOOP_TEXTS))(
  '--noop: %s is refused before anybody is asked, held or told: %j',
  async (name, request) => {
    const { world, operate } = aWorld({ noop: true });
    expect(await operate(request)).toEqual({
      outcome: 'refused',
      code: 'noop',
      text: `noop: aborting ${name} operation on 127.0.0.1:3; signalling error but nothing went wrong.`,
    });
    expect([world.story, world.audits, world.reads.size]).toEqual([[], [], 0]);
  },
);
