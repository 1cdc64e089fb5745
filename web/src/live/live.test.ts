import { describe, expect, it } from 'vitest';
import { subjectsOf } from '../api/queries.ts';
import { aPrimary, aReplica } from '../model/server.fixture.ts';
import { createCoalescer } from './coalescer.ts';
import { EVENT_KINDS, isStale, type LiveEvent, parseEvent, staleAfter } from './events.ts';
import { emptyLiveState, type LiveState, withBrokenStream, withEvent } from './live-state.ts';

const uid = '1795408652939435816:ab';
const started: LiveEvent = {
  kind: 'recovery-started',
  at: 1795408652940,
  clusterName: 'db1:3306',
  uid,
  key: 'db1:3306',
  code: 'DeadMaster',
};
const step = (message: string, at = 1795408653000): LiveEvent => ({
  kind: 'recovery-step',
  at,
  clusterName: 'db1:3306',
  uid,
  message,
});
const ended: LiveEvent = {
  kind: 'recovery-ended',
  at: 1795408653500,
  clusterName: 'db1:3306',
  uid,
  isSuccessful: true,
  successor: 'db2:3306',
};

describe('events', () => {
  it('are read with the keys as the node writes them', () => {
    const text = '{"kind":"wire-broken","at":5,"key":{"hostname":"db1","port":3306},"reason":"ECONNRESET"}';
    expect(parseEvent(text)).toEqual({ kind: 'wire-broken', at: 5, key: 'db1:3306', reason: 'ECONNRESET' });
  });

  it.each(['', '{', 'null', '[]', '{"kind":"unheard-of"}', '{"kind":7}'])('that are none are nothing: %s', (text) => {
    expect(parseEvent(text)).toBeNull();
  });

  it('of every kind can be read', () => {
    for (const kind of EVENT_KINDS) expect(parseEvent(JSON.stringify({ kind }))?.kind).toBe(kind);
  });

  it('of a step make only the steps of that recovery stale', () => {
    expect(staleAfter(step('x'))).toEqual([{ resource: 'recovery-steps', about: uid }]);
  });

  it('of a changed cluster leave pages of other clusters alone', () => {
    const stale = staleAfter({ kind: 'cluster-changed', at: 1, clusterName: 'db1:3306' });
    const topology = stale.find(({ resource }) => resource === 'topology');
    expect(topology && isStale(topology, 'topology', new Set(['db1:3306', 'main']))).toBe(true);
    expect(topology && isStale(topology, 'topology', new Set(['db9:3306', 'other']))).toBe(false);
    expect(topology && isStale(topology, 'topology', null)).toBe(true);
  });

  it('of an ended recovery concern every topology page: the cluster may have a new name', () => {
    expect(staleAfter(ended)).toContainEqual({ resource: 'topology' });
  });

  it('may mean a topology by name, alias, hint, a server or the source of one', () => {
    const info = {
      name: 'db1:3306',
      alias: 'main',
      domain: '',
      countServers: 2,
      recoversPrimary: true,
      recoversIntermediate: true,
    };
    const subjects = subjectsOf(['topology', 'hint'], { info, servers: [aPrimary(), aReplica(2), aReplica(3, 8)] });
    expect([...(subjects ?? [])].sort()).toEqual(['db1:3306', 'db2:3306', 'db3:3306', 'db8:3306', 'hint', 'main']);
  });
});

describe('what the stream told', () => {
  const told = (...events: readonly LiveEvent[]): LiveState => events.reduce(withEvent, emptyLiveState);

  it('is a recovery with its steps in order, and its end', () => {
    const recovery = told(started, step('a'), step('b'), ended).recoveries.get(uid);
    expect(recovery).toMatchObject({ failedKey: 'db1:3306', code: 'DeadMaster', startedAt: started.at });
    expect(recovery?.steps.map(({ message }) => message)).toEqual(['a', 'b']);
    expect(recovery?.ended).toEqual({ at: ended.at, isSuccessful: true, successor: 'db2:3306' });
  });

  it('knows the start of a recovery it met in the middle from its UID', () => {
    expect(told(step('late')).recoveries.get(uid)?.startedAt).toBe(1795408652939);
  });

  it('is doubted after the stream broke, unless it had ended', () => {
    expect(withBrokenStream(told(started)).recoveries.get(uid)?.wasCutOff).toBe(true);
    expect(withBrokenStream(told(started, ended)).recoveries.get(uid)?.wasCutOff).toBe(false);
  });

  it('does not grow for ever', () => {
    const many = Array.from(
      { length: 500 },
      (_, i): LiveEvent => ({ kind: 'wire-broken', at: i, key: 'db1:3306', reason: '' }),
    );
    const state = told(...many);
    expect(state.signals).toHaveLength(100);
    expect(state.signals[0]?.at).toBe(499);
  });
});

describe('refetching', () => {
  /** A clock that moves by hand. */
  function aClock() {
    let now = 0;
    let due: { at: number; callback: () => void } | null = null;
    return {
      ports: {
        now: () => now,
        later: (callback: () => void, millis: number) => {
          due = { at: now + millis, callback };
          return () => {
            due = null;
          };
        },
      },
      advanceTo(at: number) {
        while (due && due.at <= at) {
          const { at: dueAt, callback } = due;
          due = null;
          now = dueAt;
          callback();
        }
        now = at;
      },
    };
  }

  it('happens at once for the first event, then at most every 200 ms, each item once', () => {
    const clock = aClock();
    const flushes: (readonly string[])[] = [];
    const coalescer = createCoalescer<string>(
      200,
      (item) => item,
      (items) => {
        flushes.push(items);
        return [];
      },
      clock.ports,
    );
    coalescer.add(['a']);
    clock.advanceTo(0);
    for (let at = 1; at <= 150; at += 10) {
      clock.advanceTo(at);
      coalescer.add(['a', 'b']);
    }
    clock.advanceTo(1000);
    expect(flushes).toEqual([['a'], ['a', 'b']]);
  });

  it('is tried again for what was busy, so that no event is lost', () => {
    const clock = aClock();
    let busy = true;
    const flushed: string[] = [];
    const coalescer = createCoalescer<string>(
      200,
      (item) => item,
      (items) => {
        if (busy) return items;
        flushed.push(...items);
        return [];
      },
      clock.ports,
    );
    coalescer.add(['a']);
    clock.advanceTo(300);
    expect(flushed).toEqual([]);
    busy = false;
    clock.advanceTo(600);
    expect(flushed).toEqual(['a']);
  });

  it('stops when told to', () => {
    const clock = aClock();
    const flushed: string[] = [];
    const coalescer = createCoalescer<string>(
      200,
      (item) => item,
      (items) => {
        flushed.push(...items);
        return [];
      },
      clock.ports,
    );
    coalescer.add(['a']);
    coalescer.stop();
    clock.advanceTo(1000);
    expect(flushed).toEqual([]);
  });
});
