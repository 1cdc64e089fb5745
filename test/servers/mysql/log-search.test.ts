// Matching by pseudo-GTID on real servers without GTID, under a stream of rows: whoever is moved has every row once.

import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { correlate } from '../../../src/operations/log-search/correlate.ts';
import { correlateRelayLogs } from '../../../src/operations/log-search/correlate-relay-logs.ts';
import { findEntry } from '../../../src/operations/log-search/find-entry.ts';
import { lastExecutedEntry } from '../../../src/operations/log-search/last-executed-entry.ts';
import { lastMarker } from '../../../src/operations/log-search/last-marker.ts';
import { startServer } from '../../../src/sandbox/server.ts';
import type { ServerFamily } from '../../../src/sandbox/server-releases.ts';
import { PositionWorld } from '../support/position-world.ts';
import { closeLinks, keyOf, soon } from '../support/server-world.ts';

afterEach(closeLinks);

const FAMILIES: readonly ServerFamily[] = ['mysql', 'mariadb'];
const ALL_LOGS = { allLogs: true, otherFormat: null, maximum: null } as const;

describe.each(FAMILIES)('searching in the logs of %s servers', (family) => {
  let world: PositionWorld;
  beforeAll(async () => {
    world = await PositionWorld.start(family, 3);
  });
  afterAll(() => world?.fleet.stop());

  /** Rows flow, files begin anew on all servers, rows flow. */
  async function stream(): Promise<void> {
    world.beginWriting();
    for (let rotation = 0; rotation < 2; rotation += 1) {
      await world.hasRows(world.replica(1), (await world.rows(world.primary)) + 30);
      await world.rotate();
    }
    await world.hasRows(world.replica(1), (await world.rows(world.primary)) + 30);
  }

  async function moveBelowSibling(index: number, pageEvents: number): Promise<void> {
    const [replica, sibling] = [world.replica(index), world.replica(1)];
    await stream();
    await world.command(replica, [{ kind: 'stop-replication' }]);
    const [own, other] = [await world.see(replica), await world.see(sibling)];
    const place = await correlate(world.search({ pageEvents }), { own, maximum: null, other });
    if (place.kind === 'refused') throw new Error(place.text);
    expect(place.value.matched).toBeGreaterThan(0);
    await world.followAt(replica, sibling, place.value.coordinates);
    await world.hasRows(sibling, (await world.rows(world.primary)) + 30);
    await world.endWriting();
    const wanted = await world.contents(world.primary);
    await vi.waitFor(async () => expect(await world.contents(replica)).toBe(wanted), soon);
    expect(await world.see(replica)).toMatchObject({ applierState: 'running', lastSqlError: '' });
  }

  it.each([10_000, 7])(
    'O38: a sibling that logs what it replicates is matched, by pages of %s events',
    async (events) => {
      await moveBelowSibling(0, events);
      const primary = await world.see(world.primary);
      await world.command(world.replica(0), [{ kind: 'stop-replication' }]);
      const own = await world.see(world.replica(0));
      const back = await correlate(world.search(), { own, maximum: null, other: primary });
      if (back.kind === 'refused') throw new Error(back.text);
      await world.followAt(world.replica(0), world.primary, back.value.coordinates);
    },
    60_000,
  );

  it('O47: a place in the binary log of a replica that goes on is found in the primary’s', async () => {
    await stream();
    const own = await world.see(world.replica(0));
    const wish = { own, maximum: own.selfCoordinates, other: await world.see(world.primary) };
    const place = await correlate(world.search({ pageEvents: 100 }), wish);
    await world.endWriting();
    expect(place).toMatchObject({ kind: 'found' });
  }, 60_000);

  it('O48, O49: siblings’ relay logs are correlated, and the last applied entry is found', async () => {
    const [one, other] = [world.replica(0), world.replica(1)];
    const haveTheSame = async () => {
      const [left, right] = [await world.see(one), await world.see(other)];
      expect(left.execCoordinates).toEqual((await world.see(world.primary)).selfCoordinates);
      expect(right.execCoordinates).toEqual(left.execCoordinates);
      return [left, right] as const;
    };
    // A MariaDB may write a checkpoint of its engine behind the mark, which is no entry of anybody's.
    const [own, sibling] = await vi.waitFor(async () => {
      await world.mark();
      const same = await vi.waitFor(haveTheSame, soon);
      const last = await lastExecutedEntry(world.search({ pageEvents: 5 }), same[0]);
      expect(last).toMatchObject({ kind: 'found', value: { endPos: same[0].execCoordinates.pos } });
      return same;
    }, soon);
    const correlated = await correlateRelayLogs(world.search({ pageEvents: 5 }), own, null, sibling);
    if (correlated.kind === 'refused') throw new Error(correlated.text);
    expect(correlated.value.next).toEqual(sibling.relayLogCoordinates);
  }, 60_000);

  it('O45, O46: the last marker is found, by its pattern and by its text', async () => {
    const marker = await world.mark();
    const primary = await world.see(world.primary);
    const last = await lastMarker(world.search({ pageEvents: 9 }), primary, ALL_LOGS);
    if (last.kind === 'refused') throw new Error(last.text);
    expect(last.value.info).toContain(marker);
    const wish = { key: primary.key, text: last.value.info, ascendingBy: null, beforeFile: async () => null };
    const entry = await findEntry(world.search(), wish);
    expect(entry).toEqual({ kind: 'found', value: last.value.coordinates });
  });

  it('O38: one that does not log what it replicates is matched by its relay logs', async () => {
    await moveBelowSibling(2, 50);
  }, 60_000);

  it('files and places that are not there are told apart, and a name with a quote in it is a name', async () => {
    const logs = world.logs();
    const { key, selfCoordinates, relayLogCoordinates } = await world.see(world.replica(1));
    const page = { type: 'binary', fromPos: 0, skip: 0, limit: 2 } as const;
    const { file } = selfCoordinates;
    expect(await logs.events(key, { ...page, file: "no'such\\.000001" })).toEqual({ kind: 'no-such-file' });
    expect(await logs.events(key, { ...page, file: "no'such\\.000001", fromPos: 100 })).toEqual({
      kind: 'no-such-file',
    });
    const beyond = await logs.events(key, { ...page, file, fromPos: 99_999_999 });
    expect(beyond).toEqual(family === 'mariadb' ? { kind: 'no-such-place' } : { kind: 'read', value: [] });
    expect(await logs.events(key, { ...page, file, fromPos: selfCoordinates.pos })).toEqual({
      kind: 'read',
      value: [],
    });
    const relay = { ...page, type: 'relay', file: relayLogCoordinates.file, skip: 1 } as const;
    expect(await logs.events(key, relay)).toMatchObject({
      kind: 'read',
      value: [{ coordinates: { type: 'relay' } }, {}],
    });
    expect(await logs.events(key, { ...relay, file: 'relaylog.999999' })).toEqual({ kind: 'no-such-file' });
    expect(await logs.files(keyOf(world.primary))).toMatchObject({ kind: 'read' });
  });

  it('O49: the relay log of a channel with a name is read', async () => {
    const named = await startServer({ family });
    try {
      const { selfCoordinates } = await world.see(world.primary);
      await world.replicateByChannel(named, "it's", selfCoordinates);
      await world.mark();
      const { key, relayLogCoordinates } = await vi.waitFor(async () => {
        const seen = await world.see(named);
        expect(seen.execCoordinates).toEqual((await world.see(world.primary)).selfCoordinates);
        return seen;
      }, soon);
      const logs = world.logs();
      const page = { type: 'relay', fromPos: 0, skip: 0, limit: 100, file: relayLogCoordinates.file } as const;
      const read = await logs.events(key, page);
      expect(read.kind === 'read' ? read.value.at(-1)?.info : read).toContain('_pseudo_gtid_');
    } finally {
      await named.stop();
    }
  });
});
