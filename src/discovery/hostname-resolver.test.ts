/** From the name that somebody uses to the name that a server is known by. */
import { describe, expect, it } from 'vitest';
import type { HostnameMethod } from './discovery-policy.ts';
import { aResolver, ManualClock, RememberingStore, settled } from './testing.ts';

const EXPIRY_MILLIS = 60_000;

class SavingStore extends RememberingStore {
  readonly saved: string[] = [];
  override saveHostnameResolve = (used = '', resolved = ''): Promise<void> => {
    this.saved.push(`${used}=${resolved}`);
    return Promise.resolve();
  };
}

function aWorld(method: HostnameMethod, found: () => string | null, rejects: RegExp = /^$/) {
  const clock = new ManualClock();
  const store = new SavingStore();
  const asked: string[] = [];
  const ask = async (name: string) => {
    asked.push(name);
    return found();
  };
  const resolver = aResolver(store, clock, {
    method: () => method,
    rejects: (resolved) => rejects.test(resolved),
    expiryMillis: () => EXPIRY_MILLIS,
    nameService: { address: ask, canonicalName: ask },
  });
  return { clock, store, asked, resolver };
}

describe('a name', () => {
  it.each(['none', 'default'] as const)('is itself with the method %s, and nobody is asked', async (method) => {
    const { resolver, asked } = aWorld(method, () => 'other');
    expect(await resolver.resolve(' db1 ')).toEqual({ kind: 'ok', hostname: 'db1' });
    expect(asked).toEqual([]);
  });

  it.each(['cname', 'ip'] as const)(
    'that is registered as a virtual one is dialled itself, with the method %s too',
    async (method) => {
      const store = new RememberingStore();
      const resolver = aResolver(store, new ManualClock(), {
        method: () => method,
        isVirtual: (name) => name === 'vip',
      });
      expect(await resolver.resolve('vip')).toEqual({ kind: 'ok', hostname: 'vip' });
    },
  );

  it.each(['', ' ', 'db1,db2'])('is refused where it is none: "%s"', async (name) => {
    expect((await aWorld('ip', () => 'x').resolver.resolve(name)).kind).toBe('refused');
  });

  it.each(['cname', 'ip'] as const)(
    'is asked for once with the method %s, and anew when that has expired',
    async (method) => {
      const { resolver, asked, clock, store } = aWorld(method, () => '10.0.0.1');
      for (let times = 0; times < 3; times++) {
        expect(await resolver.resolve('db1')).toEqual({ kind: 'ok', hostname: '10.0.0.1' });
      }
      expect([asked, store.saved]).toEqual([['db1'], ['db1=10.0.0.1']]);
      await clock.advance(EXPIRY_MILLIS + 1);
      await resolver.resolve('db1');
      expect(asked).toHaveLength(2);
    },
  );

  it('stays as it is where the pattern rejects what it resolves to', async () => {
    const { resolver, store } = aWorld('ip', () => '127.0.0.1', /^127/);
    expect(await resolver.resolve('db1')).toEqual({ kind: 'ok', hostname: 'db1' });
    resolver.learn('db1', '127.0.0.1');
    expect([resolver.known('db1'), store.saved]).toEqual(['db1', []]);
  });

  it('that cannot be resolved is not asked for again for a minute', async () => {
    const { resolver, asked, clock } = aWorld('ip', () => null);
    expect(await resolver.resolve('db1')).toMatchObject({ kind: 'refused', reason: 'lookup db1: no such host' });
    await resolver.resolve('db1');
    expect(asked).toHaveLength(1);
    await clock.advance(60_001);
    await resolver.resolve('db1');
    expect(asked).toHaveLength(2);
  });

  it('is what it was while the name service fails', async () => {
    const answers: (string | null)[] = ['10.0.0.1', null];
    const { resolver, clock } = aWorld('ip', () => answers.shift() ?? null);
    await resolver.resolve('db1');
    await clock.advance(EXPIRY_MILLIS + 1);
    expect(await resolver.resolve('db1')).toEqual({ kind: 'ok', hostname: '10.0.0.1' });
  });
});

describe('the table of names, where names are taken as they are', () => {
  const aWorldWithRow = async (method: HostnameMethod) => {
    const world = aWorld(method, () => null);
    world.store.loadHostnameResolves = async () => new Map([['db1', 'db1.example.com']]);
    await world.resolver.load();
    return world.resolver;
  };

  it('translates no address, and tells the analysis by which name replicas know their source', async () => {
    const none = await aWorldWithRow('none');
    expect([none.known('db1'), none.nameAsSource('db1'), none.nameAsSource('db2')]).toEqual([
      'db1',
      'db1.example.com',
      'db2',
    ]);
    expect(none.knownKey({ hostname: 'db1', port: 3306 })).toEqual({ hostname: 'db1', port: 3306 });
    const usual = await aWorldWithRow('default');
    expect([usual.known('db1'), usual.nameAsSource('db1')]).toEqual(['db1.example.com', 'db1.example.com']);
  });

  it('is outdated by the server itself: a row that is left over must not hide its replicas', async () => {
    const resolver = await aWorldWithRow('none');
    resolver.learn('db1', 'db1');
    expect(resolver.nameAsSource('db1')).toBe('db1');
  });

  it('counts no more when it is cleared', async () => {
    const resolver = await aWorldWithRow('none');
    await resolver.clear();
    expect(resolver.nameAsSource('db1')).toBe('db1');
  });
});

describe('what a server says of itself', () => {
  it('is known from then on, and written once', async () => {
    const { resolver, store } = aWorld('default', () => null);
    for (let times = 0; times < 3; times++) resolver.learn('vip', 'db1');
    await settled();
    expect([resolver.known('vip'), store.saved]).toEqual(['db1', ['vip=db1']]);
    expect(resolver.knownKey({ hostname: 'vip', port: 3306 })).toEqual({ hostname: 'db1', port: 3306 });
  });

  it('is written again before it would expire', async () => {
    const { resolver, store, clock } = aWorld('default', () => null);
    resolver.learn('vip', 'db1');
    await clock.advance(EXPIRY_MILLIS * 0.6);
    resolver.learn('vip', 'db1');
    expect(store.saved).toHaveLength(2);
  });

  it('is forgotten when the cache is cleared', async () => {
    const { resolver } = aWorld('default', () => null);
    resolver.learn('vip', 'db1');
    await resolver.clear();
    expect([resolver.known('vip'), resolver.names.size]).toEqual(['vip', 0]);
  });
});
