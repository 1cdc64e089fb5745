import { describe, expect, it } from 'vitest';
import type { BinlogCoordinates } from '../model/binlog-coordinates.ts';
import { unixMillis } from '../model/brand.ts';
import { sampleKey, sampleReplica, sampleServer } from '../model/topology-samples.ts';
import { aNode } from './testing.ts';

const own: BinlogCoordinates = { file: 'bin.000007', pos: 120, type: 'binary' };
const relay: BinlogCoordinates = { file: 'relay.000003', pos: 4, type: 'relay' };

const SERVERS = [
  sampleServer(1, { selfCoordinates: own }),
  sampleReplica(2, 1, { relayLogCoordinates: relay, selfCoordinates: { ...own, file: '', pos: 0 } }),
  sampleServer(3, {
    selfCoordinates: { ...own, file: '', pos: 0 },
    relayLogCoordinates: { ...relay, file: '', pos: 0 },
  }),
];

describe('the history of coordinates', () => {
  it('has a row a minute of each server with a log, of the last four minutes', async () => {
    const node = await aNode({ servers: SERVERS });
    await node.start();
    const times = async (port: number) =>
      (await node.backend.loadCoordinatesHistory(sampleKey(port))).map(({ recordedAt }) => recordedAt);
    const began = node.clock.now();
    const minutes = (...which: readonly number[]) => which.map((minute) => unixMillis(began + minute * 60_000));
    await node.clock.advance(60_500);
    expect(await times(1)).toEqual(minutes(1));
    await node.clock.advance(540_000);
    expect(await times(1)).toEqual(minutes(10, 9, 8, 7, 6));
    expect(await times(2)).toHaveLength(5);
    expect(await times(3)).toEqual([]);
    expect((await node.backend.loadCoordinatesHistory(sampleKey(2)))[0]).toMatchObject({ relayLogCoordinates: relay });
  });

  it('is written by the node that leads alone', async () => {
    const node = await aNode({
      servers: SERVERS,
      prepare: async (backend, clock) => {
        const other = { hostname: 'other', token: 't' };
        await backend.grabElection(other, unixMillis(clock.now() + 3_600_000));
      },
    });
    await node.start();
    await node.clock.advance(180_500);
    expect(await node.backend.loadCoordinatesHistory(sampleKey(1))).toEqual([]);
  });
});
