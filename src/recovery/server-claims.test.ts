/** J5: claims of servers by orchestrators that know nothing of each other. */
import { expect, it } from 'vitest';
import { millis, unixMillis } from '../model/brand.ts';
import { type InstanceKey, keyId } from '../model/instance-key.ts';
import { sampleKey, sampleServer } from '../model/topology-samples.ts';
import type { ClaimResult, TopologyServers } from '../ports/topology-servers.ts';
import { type Claims, claimServers } from './server-claims.ts';
import { RecoveryWorld } from './testing.ts';

const [FIRST, SECOND, THIRD] = [sampleKey(1), sampleKey(2), sampleKey(3)];
const ALL = [FIRST, SECOND, THIRD];

/** What servers know of who has claimed them. */
class Locks {
  readonly holders = new Map<string, string>();
  readonly writable: InstanceKey[] = [];

  /** Another orchestrator at the same servers; `silent` do not answer it. */
  orchestrator(name: string, silent: readonly InstanceKey[] = []) {
    const world = new RecoveryWorld(ALL.map(({ port }) => sampleServer(port, { readOnly: true })));
    const taken = new Set<string>();
    let now = 0;
    const clock = {
      ...world.ports.clock,
      now: () => unixMillis(now),
      monotonic: () => millis(now),
      sleep: async (delay: number) => {
        now += delay;
        // Others come to their turn.
        await new Promise((resolve) => setImmediate(resolve));
      },
    };
    const claim = async (key: InstanceKey): Promise<ClaimResult> => {
      await Promise.resolve();
      if (silent.includes(key)) return { kind: 'failed', failure: { kind: 'timeout', phase: 'answer', text: 'late' } };
      const holder = this.holders.get(keyId(key)) ?? name;
      if (holder !== name) {
        taken.add(keyId(key));
        return { kind: 'taken', by: `session of ${holder}` };
      }
      this.holders.set(keyId(key), name);
      const isReadOnly = !this.writable.includes(key);
      const wasTaken = taken.delete(keyId(key));
      return { kind: 'claimed', isReadOnly, wasTaken, release: async () => void this.holders.delete(keyId(key)) };
    };
    const servers: TopologyServers = { ...world.ports.servers, claim };
    return (keys: readonly InstanceKey[]): Promise<Claims> => claimServers(keys, { ...world.ports, servers, clock });
  }
}

it('are of all servers that answer, until they are given back', async () => {
  const locks = new Locks();
  const claims = await locks.orchestrator('a', [SECOND])(ALL);
  expect([...locks.holders.keys()]).toEqual([FIRST, THIRD].map(keyId));
  if (claims.kind === 'claimed') claims.release();
  await Promise.resolve();
  expect(locks.holders.size).toBe(0);
});

it('are refused where somebody else is at work, who is named, and then nothing is held', async () => {
  const locks = new Locks();
  await locks.orchestrator('a')([FIRST]);
  const claims = await locks.orchestrator('b')(ALL);
  expect(claims).toEqual({
    kind: 'refused',
    text: 'another orchestrator is at work on 127.0.0.1:1 (session of a)',
  });
  expect([...locks.holders.values()]).toEqual(['a']);
});

it('who has the first server stays, and waits for the one that gives the others back', async () => {
  const locks = new Locks();
  const [a, b] = [locks.orchestrator('a'), locks.orchestrator('b')];
  // Each has some when it sees the other one.
  const [one, other] = await Promise.all([a(ALL), b([THIRD, SECOND, FIRST])]);
  expect([one.kind, other.kind].toSorted()).toEqual(['claimed', 'refused']);
  expect(new Set(locks.holders.values()).size).toBe(1);
});

it('who has the first server gives up after a while, too, where the other one goes on', async () => {
  const locks = new Locks();
  await locks.orchestrator('b')([THIRD]);
  const claims = await locks.orchestrator('a')(ALL);
  expect(claims.kind).toBe('refused');
  expect([...locks.holders.values()]).toEqual(['b']);
});

it('are given back where one of them takes writes and did not when it was read: somebody has acted already', async () => {
  const locks = new Locks();
  locks.writable.push(SECOND);
  expect(await locks.orchestrator('a')(ALL)).toEqual({
    kind: 'refused',
    text: 'another orchestrator was at work on 127.0.0.1:2, which are looked at again',
  });
  await Promise.resolve();
  expect(locks.holders.size).toBe(0);
});

it('are refused once after somebody else has had them: what was concluded is of before', async () => {
  const locks = new Locks();
  const other = await locks.orchestrator('a')([FIRST]);
  const claim = locks.orchestrator('b');
  expect((await claim(ALL)).kind).toBe('refused');
  if (other.kind === 'claimed') other.release();
  await Promise.resolve();
  expect(await claim(ALL)).toMatchObject({
    kind: 'refused',
    text: expect.stringContaining('was at work on 127.0.0.1:1'),
  });
  expect((await claim(ALL)).kind).toBe('claimed');
});

it('are of the same orchestrator as often as it wants', async () => {
  const claim = new Locks().orchestrator('a');
  expect([(await claim(ALL)).kind, (await claim(ALL)).kind]).toEqual(['claimed', 'claimed']);
});
