/** O46, O47: how the logs of the other server are read: in which order, from where, how much of them, and for how long. */
import { describe, expect, it } from 'vitest';
import { blankInstance } from '../../model/blank-instance.ts';
import { correlate } from './correlate.ts';
import { correlated, OTHER, OWN, t, theWorld } from './correlate-testing.ts';
import { FoundEntries } from './found-entries.ts';
import { NO_HINTS, SEARCH_LIMITS } from './log-search.ts';
import {
  aClock,
  aSearch,
  aServer,
  at,
  binaryLog,
  endOf,
  marker,
  markerInfo,
  placeOf,
  type SearchWanted,
} from './testing.ts';

describe('searching the other’s logs', () => {
  const files = Array.from({ length: 6 }, (_unused, index) => [
    ...marker(10 * index + 1),
    ...t(index),
    ...t(index + 100),
  ]);

  it('markers that ascend: of a file that begins with a later one, no more than that is read', async () => {
    const own = [files[1] ?? []];
    const { logs } = await correlated({ own, other: files });
    const later = logs.pages.filter(({ file }) => file === 'binlog.000045' || file === 'binlog.000044');
    expect(later.length).toBeLessThanOrEqual(4);
    const without = await correlated({
      own,
      other: files,
      search: { rules: { markers: { isMarker: ({ info }) => info.startsWith('drop'), ascends: () => false } } },
    });
    expect(without.logs.pages.length).toBeGreaterThan(logs.pages.length);
    expect(without.result.kind).toBe('found');
  });

  it('markers of one second, which ascend by chance alone: files that were passed over are read after all', async () => {
    const [early, late] = [marker(5), marker(4)];
    const { result } = await correlated({
      own: [[...late]],
      other: [
        [...marker(1), ...early, ...t(1)],
        [...early, ...late, ...t(2)],
      ],
    });
    expect(result.kind).toBe('found');
  });

  it('markers of one second: the oldest file is read also where all of them begin with later ones', async () => {
    const [early, late] = [marker(5), marker(4)];
    const { result } = await correlated({
      own: [[...late]],
      other: [[...early, ...late, ...t(2)], [...early]],
    });
    expect(result.kind).toBe('found');
  });

  it('4.3: begins where the server was two minutes ago, and reads the whole file where that shows nothing', async () => {
    const { logs, otherLog, ownLog } = theWorld({ own: [files[5] ?? []], other: files });
    const hint = placeOf(otherLog, 'COMMIT /* xid=105 */').coordinates;
    const hints = { ...NO_HINTS, recentSelf: async () => ({ ...hint, file: 'binlog.000045' }) };
    const wish = { own: aServer(OWN, { selfCoordinates: endOf(ownLog) }), maximum: null, other: aServer(OTHER) };
    const result = await correlate(aSearch(logs, { hints }), wish);
    expect(result.kind).toBe('found');
  });

  it('4.3: a hint that is no place of the file any more does no harm', async () => {
    const { logs, ownLog } = theWorld({ own: [files[5] ?? []], other: files });
    logs.minds = true;
    const hints = {
      ...NO_HINTS,
      recentSelf: async () => ({ file: 'binlog.000045', pos: 99_999, type: 'binary' as const }),
    };
    const wish = { own: aServer(OWN, { selfCoordinates: endOf(ownLog) }), maximum: null, other: aServer(OTHER) };
    expect((await correlate(aSearch(logs, { hints }), wish)).kind).toBe('found');
  });

  it('what was found is remembered for ten minutes, and looked for anew where it is something else by now', async () => {
    const { logs, otherLog, ownLog } = theWorld({ own: [files[0] ?? []], other: files });
    const entries = new FoundEntries();
    const wish = { own: aServer(OWN, { selfCoordinates: endOf(ownLog) }), maximum: null, other: aServer(OTHER) };
    await correlate(aSearch(logs, { entries }), wish);
    const first = logs.pages.length;
    expect((await correlate(aSearch(logs, { entries }), wish)).kind).toBe('found');
    expect(logs.pages.length - first).toBeLessThan(first);
    const marked = placeOf(otherLog, markerInfo(1)).coordinates;
    expect(entries.get(at(OTHER), markerInfo(1), 9 * 60_000)).toEqual(marked);
    expect(entries.get(at(OTHER), markerInfo(1), 11 * 60_000)).toBeNull();
    entries.set(at(OTHER), markerInfo(1), { ...marked, pos: marked.pos + 5 }, 0);
    expect((await correlate(aSearch(logs, { entries }), wish)).kind).toBe('found');
  });
});

describe('limits', () => {
  const streams = { own: [[...marker(1), ...t(2)]], other: [[...marker(1), ...t(2), ...t(3)]] };

  it('no page more than allowed is read', async () => {
    const { result } = await correlated({ ...streams, search: { limits: { ...SEARCH_LIMITS, pagesMax: 3 } } });
    expect(result).toMatchObject({ kind: 'refused', code: 'too-long' });
  });

  it('this node may not go on: no page more is read', async () => {
    let pages = 0;
    const { result } = await correlated({ ...streams, search: { mayGoOn: () => ++pages < 4 } });
    expect(result).toMatchObject({ kind: 'refused', code: 'called-off' });
  });

  it('a replica that lags is waited for, and not for ever', async () => {
    const running = {
      sourceKey: at(1),
      receiverState: 'running',
      applierState: 'running',
      readCoordinates: { file: 'b.1', pos: 4, type: 'binary' },
    } as const;
    const lagging = (lag: () => number): SearchWanted => ({
      observe: async (key) => ({
        kind: 'observed',
        instance: { ...blankInstance(key), ...running, replicationLagSeconds: lag() },
      }),
    });
    let lag = 30;
    const soon = await correlated({ ...streams, otherChange: running, search: lagging(() => lag--) });
    expect(soon.result.kind).toBe('found');
    const never = await correlated({ ...streams, otherChange: running, search: lagging(() => 30) });
    expect(never.result).toMatchObject({ kind: 'refused', code: 'other-lags' });
  });

  it('a replica that is a moment behind is looked at again', async () => {
    const running = {
      sourceKey: at(1),
      receiverState: 'running',
      applierState: 'running',
      readCoordinates: { file: 'b.1', pos: 4, type: 'binary' },
    } as const;
    const { logs, ownLog } = theWorld({ own: streams.own, other: [marker(1)] });
    const grown = binaryLog(streams.other, { serverId: OTHER, salt: 11, firstFile: 40 });
    const clock = aClock(() => logs.set(at(OTHER), { binary: grown }));
    const wish = {
      own: aServer(OWN, { selfCoordinates: endOf(ownLog) }),
      maximum: null,
      other: aServer(OTHER, running),
    };
    expect((await correlate(aSearch(logs, { clock }), wish)).kind).toBe('found');
  });
});
