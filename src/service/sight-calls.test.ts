import { describe, expect, it } from 'vitest';
import { aPrimaryWith, at, down, NOW, neverSeen, type World } from '../analysis/testing.ts';
import type { LiveRead } from '../discovery/prober.ts';
import { ManualClock, settled } from '../discovery/testing.ts';
import { type InstanceKey, sameKey } from '../model/instance-key.ts';
import type { ServerFailure } from '../model/server-failure.ts';
import { sightCalls } from './sight-calls.ts';

const REFUSED: ServerFailure = { kind: 'refused', phase: 'connect', text: 'connection refused' };
const FAILED: LiveRead = { kind: 'failed', failure: REFUSED, partial: false };
const PRIMARY = at(22293);

interface Wishes {
  /** What a look at it comes to, and how the world is then. Default: as before. */
  readonly looks?: (key: InstanceKey) => Promise<World>;
  readonly seenHere?: boolean;
}

function seenBy(start: World, { looks = async () => start, seenHere = true }: Wishes = {}) {
  let world = start;
  const clock = new ManualClock(NOW);
  const read: string[] = [];
  const calls = sightCalls({
    picture: {
      topology: {
        get: (key) => world.instances.find((instance) => sameKey(instance.key, key)),
        cluster: () => world.instances,
      },
      wasSeenHere: () => seenHere,
    },
    readAfresh: async (key) => {
      read.push(String(key.port));
      world = await looks(key);
      return FAILED;
    },
    failureOf: () => (seenHere ? REFUSED : null),
    identity: { hostname: 'orc2', token: 'abcdef0123456789' },
    backendName: 'orchestrator.sqlite3',
    clock,
    log: { debug: () => {}, info: () => {}, warning: () => {}, error: () => {} },
  });
  const sight = async (key: InstanceKey, look: 'now' | 'known' = 'now') => {
    const outcome = await calls.sights([key], look);
    return outcome.kind === 'ok' ? outcome.value[0] : outcome.refusal.code;
  };
  return { calls, clock, read, sight };
}

const well = aPrimaryWith(2);

describe('what a node sees of a server', () => {
  it('is looked at once more before another node acts on it', async () => {
    const { sight, read } = seenBy(well, { looks: async () => well.with(22293, down) });
    expect(await sight(PRIMARY)).toEqual({
      key: PRIMARY,
      sight: 'silent',
      ageMillis: 60_000,
      failure: 'connection refused',
    });
    expect(read).toEqual(['22293']);
  });

  it('is told as it is known where nobody waits for more', async () => {
    const { sight, read } = seenBy(well, { looks: async () => well.with(22293, down) });
    expect(await sight(PRIMARY, 'known')).toMatchObject({ sight: 'answers', failure: '' });
    expect(read).toEqual([]);
  });

  it('is not looked at again where it is missed already', async () => {
    const { sight, read } = seenBy(well.with(22293, down));
    expect(await sight(PRIMARY)).toMatchObject({ sight: 'silent' });
    expect(read).toEqual([]);
  });

  it('A24: is not known when it does not answer within half a second: a failover waits for us', async () => {
    const { sight, clock } = seenBy(well, { looks: () => new Promise(() => {}) });
    const answer = sight(PRIMARY);
    await clock.advance(499);
    await clock.advance(1);
    expect(await answer).toMatchObject({ sight: 'unknown', failure: 'no answer within 500 ms' });
  });

  it('is told to a second one who asks when the look of the first has ended', async () => {
    const looks = Promise.withResolvers<World>();
    const { sight, read } = seenBy(well, { looks: () => looks.promise });
    const answers = [sight(PRIMARY), sight(PRIMARY)];
    await settled();
    looks.resolve(well.with(22293, down));
    expect(await Promise.all(answers)).toMatchObject([{ sight: 'silent' }, { sight: 'silent' }]);
    expect(read).toEqual(['22293']);
  });

  it('is looked at by everybody who asks in the same moment once', async () => {
    const { sight, clock, read } = seenBy(well);
    await sight(PRIMARY);
    await sight(PRIMARY);
    expect(read).toEqual(['22293']);
    await clock.advance(100);
    await sight(PRIMARY);
    expect(read).toEqual(['22293', '22293']);
  });

  it('of one that is not watched is nothing, and it is not dialled', async () => {
    const { sight, read } = seenBy(well);
    expect(await sight({ hostname: 'attacker', port: 3306 })).toMatchObject({ sight: 'unknown', ageMillis: null });
    expect(read).toEqual([]);
  });

  it('A4: is nothing where nothing else of its cluster answers this node either', async () => {
    const dark = well.withAll(down);
    expect(await seenBy(dark).sight(PRIMARY)).toMatchObject({ sight: 'unknown', failure: 'connection refused' });
    const alone = well.without(22294).without(22295).with(22293, down);
    expect(await seenBy(alone).sight(PRIMARY)).toMatchObject({ sight: 'unknown' });
    const late = seenBy(well.withEach([22294, 22295], down), { looks: () => new Promise(() => {}) });
    const answer = late.sight(PRIMARY);
    await settled();
    await late.clock.advance(500);
    expect(await answer).toMatchObject({ sight: 'unknown' });
  });

  it('is nothing where only a former process has seen it', async () => {
    const former = { seenHere: false };
    expect(await seenBy(well, former).sight(PRIMARY, 'known')).toMatchObject({ sight: 'unknown' });
    expect(await seenBy(well.with(22293, neverSeen), former).sight(PRIMARY)).toMatchObject({
      sight: 'unknown',
      ageMillis: null,
    });
  });

  it('is told of a hundred servers at once, and no more', async () => {
    const { calls } = seenBy(well);
    expect(await calls.sights(Array(101).fill(PRIMARY), 'known')).toMatchObject({
      kind: 'refused',
      refusal: { code: 'too-many-servers' },
    });
  });

  it('is told with a part of the token that does not let anybody speak as this node', () => {
    expect(seenBy(well).calls.nodeId()).toBe('abcdef01');
  });
});
