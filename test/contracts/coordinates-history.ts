/** What every backend does about where servers stood some minutes ago. */
import { describe, expect, it } from 'vitest';
import type { BinlogCoordinates } from '../../src/model/binlog-coordinates.ts';
import { unixMillis } from '../../src/model/brand.ts';
import type { ServerCoordinates } from '../../src/model/coordinates-history.ts';
import { key, noon } from '../../src/store/temporary-backend.ts';
import type { NewWorld } from './world.ts';

/** Kept in whole seconds. */
const second = (afterSeconds: number) => unixMillis(Math.floor(noon(afterSeconds) / 1000) * 1000);

const own = (pos: number): BinlogCoordinates => ({ file: 'binlog.000007', pos, type: 'binary' });
const relay = (pos: number, file = 'relay.000003'): BinlogCoordinates => ({ file, pos, type: 'relay' });
const NO_RELAY = relay(0, '');

const server = (hostname: string, pos: number): ServerCoordinates => ({
  key: key(hostname),
  lastSeen: second(0),
  selfCoordinates: own(pos),
  relayLogCoordinates: relay(pos),
});

export function coordinatesHistoryContract(newWorld: NewWorld): void {
  describe('the history of coordinates', () => {
    it('is told by server, the newest first, also to another process', async () => {
      const { backend, another } = await newWorld();
      await backend.recordCoordinates([server('a', 1), server('b', 10)], noon(0), noon(-240));
      await backend.recordCoordinates([server('a', 2), server('b', 20)], noon(60), noon(-180));
      const history = await (await another()).loadCoordinatesHistory(key('a'));
      expect(history).toEqual([
        { ...server('a', 2), recordedAt: second(60) },
        { ...server('a', 1), recordedAt: second(0) },
      ]);
      expect(await backend.loadCoordinatesHistory(key('nobody'))).toEqual([]);
    });

    it('has the later of two records of one second first, and a server that was never seen', async () => {
      const { backend } = await newWorld();
      await backend.recordCoordinates([server('a', 1)], noon(0), noon(-240));
      await backend.recordCoordinates([{ ...server('a', 2), lastSeen: null }], noon(0), noon(-240));
      const history = await backend.loadCoordinatesHistory(key('a'));
      expect(history.map(({ selfCoordinates, lastSeen }) => [selfCoordinates.pos, lastSeen])).toEqual([
        [2, null],
        [1, second(0)],
      ]);
    });

    it('loses what is too old with each record, of all servers', async () => {
      const { backend } = await newWorld();
      await backend.recordCoordinates([server('a', 1), server('gone', 1)], noon(0), noon(-240));
      await backend.recordCoordinates([server('a', 2)], noon(240), noon(0));
      expect(await backend.loadCoordinatesHistory(key('a'))).toHaveLength(2);
      await backend.recordCoordinates([], noon(241), noon(1));
      expect((await backend.loadCoordinatesHistory(key('a'))).map((row) => row.recordedAt)).toEqual([second(240)]);
      expect(await backend.loadCoordinatesHistory(key('gone'))).toEqual([]);
    });

    it('has no relay logs of a server any more once they are blanked, and those of others still', async () => {
      const { backend } = await newWorld();
      await backend.recordCoordinates([server('a', 1), server('b', 1)], noon(0), noon(-240));
      await backend.blankRelayCoordinates(key('a'));
      await backend.blankRelayCoordinates(key('nobody'));
      await backend.recordCoordinates([server('a', 2)], noon(60), noon(-180));
      const relaysOf = async (hostname: string) =>
        (await backend.loadCoordinatesHistory(key(hostname))).map((row) => row.relayLogCoordinates);
      expect(await relaysOf('a')).toEqual([relay(2), NO_RELAY]);
      expect(await relaysOf('b')).toEqual([relay(1)]);
      expect((await backend.loadCoordinatesHistory(key('a')))[1]?.selfCoordinates).toEqual(own(1));
    });

    it('goes with the server that is forgotten', async () => {
      const { backend } = await newWorld();
      await backend.seed(key('a'));
      await backend.recordCoordinates([server('a', 1), server('b', 1)], noon(0), noon(-240));
      await backend.forget(key('a'));
      expect(await backend.loadCoordinatesHistory(key('a'))).toEqual([]);
      expect(await backend.loadCoordinatesHistory(key('b'))).toHaveLength(1);
    });

    it('is written all or not at all, thousands of servers in one go', async () => {
      const { backend } = await newWorld();
      const servers = Array.from({ length: 2_000 }, (_, n) => server(`host-${n}`, n + 1));
      await backend.recordCoordinates(servers, noon(0), noon(-240));
      expect((await backend.loadCoordinatesHistory(key('host-1999')))[0]?.selfCoordinates).toEqual(own(2_000));
    });
  });
}
