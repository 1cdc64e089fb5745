import { describe, expect, it } from 'vitest';
import { ManualClock } from '../discovery/testing.ts';
import { unixMillis } from '../model/brand.ts';
import type { Instance } from '../model/instance.ts';
import { keyId } from '../model/instance-key.ts';
import { SAMPLE_NOW, sampleServer } from '../model/topology-samples.ts';
import type { StaleCoordinatesOf } from '../ports/stale-coordinates-store.ts';
import { SuspectedLocks } from './suspected-locks.ts';

const standingAt = (pos: number): Instance =>
  sampleServer(1, { selfCoordinates: { file: 'binlog.000007', pos, type: 'binary' } });

const KEY = standingAt(0).key;

function suspecting(stored: readonly StaleCoordinatesOf[] = []) {
  const rows = new Map(stored.map((row) => [keyId(row.key), row]));
  const clock = new ManualClock();
  const errors: string[] = [];
  const store = {
    saveStaleCoordinates: async (row: StaleCoordinatesOf) => void rows.set(keyId(row.key), row),
    loadStaleCoordinates: async () => [...rows.values()],
    deleteStaleCoordinates: async () => void rows.clear(),
  };
  const log = { debug: () => {}, info: () => {}, warning: () => {}, error: (line: string) => void errors.push(line) };
  const locks = new SuspectedLocks(store, clock, log);
  const since = () => locks.coordinates.get(keyId(KEY))?.firstSeen;
  return { locks, rows, clock, since, store, errors };
}

describe('A12: a primary that is suspected to be locked', () => {
  it('stands where it does since the first suspicion, also once that has become certain', async () => {
    const { locks, clock, since, rows } = suspecting();
    locks.note(standingAt(4), 'LockedSemiSyncMasterHypothesis');
    await clock.advance(5_000);
    locks.note(standingAt(4), 'LockedSemiSyncMasterHypothesis');
    locks.note(standingAt(4), 'LockedSemiSyncMaster');
    expect(since()).toBe(SAMPLE_NOW);
    expect([...rows.values()]).toMatchObject([{ key: KEY, firstSeen: SAMPLE_NOW }]);
  });

  it('stands since a moment ago when it has moved', async () => {
    const { locks, clock, since } = suspecting();
    locks.note(standingAt(4), 'LockedSemiSyncMasterHypothesis');
    await clock.advance(5_000);
    locks.note(standingAt(9), 'LockedSemiSyncMasterHypothesis');
    expect(since()).toBe(SAMPLE_NOW + 5_000);
  });

  it('is forgotten when the suspicion is gone', () => {
    const { locks, since, rows } = suspecting();
    locks.note(standingAt(4), 'LockedSemiSyncMasterHypothesis');
    locks.note(standingAt(4), 'NoProblem');
    expect(since()).toBeUndefined();
    expect(rows.size).toBe(0);
  });

  it('is remembered over a restart, and for a command that reads the backend', async () => {
    const firstSeen = unixMillis(SAMPLE_NOW - 60_000);
    const { selfCoordinates: coordinates } = standingAt(4);
    const { locks, since } = suspecting([{ key: KEY, coordinates, firstSeen }]);
    await locks.load();
    locks.note(standingAt(4), 'LockedSemiSyncMasterHypothesis');
    expect(since()).toBe(firstSeen);
  });

  it('is suspected on where the backend does not take it, and that is said', async () => {
    const { locks, since, store, errors } = suspecting();
    store.saveStaleCoordinates = () => Promise.reject(new Error('disk full'));
    locks.note(standingAt(4), 'LockedSemiSyncMasterHypothesis');
    await new Promise(setImmediate);
    expect(since()).toBe(SAMPLE_NOW);
    expect(errors).toEqual(['cannot record where 127.0.0.1:1 stands: Error: disk full']);
  });
});
