import { describe, expect, it } from 'vitest';
import { unixMillis } from '../model/brand.ts';
import type { InstanceKey } from '../model/instance-key.ts';
import { Topology } from '../model/topology.ts';
import { SAMPLE_NOW, sampleKey, sampleReplica, sampleServer } from '../model/topology-samples.ts';
import type { LiveRead } from './prober.ts';
import { ManualClock } from './testing.ts';
import { type LookedAfter, UrgentLooks } from './urgent-looks.ts';

const primary = sampleKey(10111);
const failed: LiveRead = { kind: 'failed', failure: { kind: 'lost', phase: 'answer', text: '' }, partial: false };
const answered = (key: InstanceKey): LiveRead => ({
  kind: 'observed',
  instance: sampleServer(key.port),
  neighbours: { source: null, otherSources: [], replicas: [], members: [] },
});

/** A primary with two replicas, one of which has a replica of its own, and what each read gives. */
function aWorld(
  answer: (key: InstanceKey) => LiveRead | Promise<LiveRead>,
  lookedAfter: () => LookedAfter = () => 'nobody',
) {
  const clock = new ManualClock();
  const topology = new Topology();
  topology.putAll([
    sampleServer(10111, { lastSeen: unixMillis(SAMPLE_NOW - 1) }),
    sampleReplica(10112, 10111),
    sampleReplica(10113, 10111),
    sampleReplica(10114, 10112),
  ]);
  const reads: { readonly port: number; readonly at: number }[] = [];
  const read = async (key: InstanceKey): Promise<LiveRead> => {
    reads.push({ port: key.port, at: clock.monotonic() });
    return answer(key);
  };
  const portsRead = () => reads.map(({ port }) => port);
  const timesOf = (port: number) => reads.filter((one) => one.port === port).map(({ at }) => at);
  return { clock, topology, looks: new UrgentLooks({ topology, clock, read, lookedAfter }), portsRead, timesOf };
}

describe('looking urgently at a server', () => {
  it('A1: reads it and its direct replicas in the same moment', async () => {
    const { clock, looks, portsRead } = aWorld(() => failed);
    looks.begin(primary);
    await clock.advance(0);
    expect(portsRead().sort()).toEqual([10111, 10112, 10113]);
  });

  it('A9: goes on in rounds, soon at first and then more slowly', async () => {
    const { clock, looks, timesOf } = aWorld(() => failed);
    looks.begin(primary);
    await clock.advance(1_000);
    expect(timesOf(10111)).toEqual([0, 10, 30, 70, 150, 310, 510, 710, 910]);
    expect(timesOf(10112)).toEqual(timesOf(10111));
  });

  it('A1: asks a replica no more that has just said that it misses the server, and one whose answer is on its way', async () => {
    const { clock, topology, looks, timesOf } = aWorld((key) => (key.port === 10113 ? new Promise(() => {}) : failed));
    looks.begin(primary);
    await clock.advance(5);
    topology.put(sampleReplica(10112, 10111, { receiverState: 'other' }));
    await clock.advance(395);
    expect(timesOf(10111)).toEqual([0, 10, 30, 70, 150, 310]);
    expect(timesOf(10112)).toEqual([0, 310]);
    expect(timesOf(10113)).toEqual([0]);
  });

  it('B7: reads its replicas no more while somebody else does, nor itself while that one reads it too', async () => {
    let lookedAfter: LookedAfter = 'nobody';
    const { clock, looks, timesOf } = aWorld(
      () => failed,
      () => lookedAfter,
    );
    looks.begin(primary);
    await clock.advance(20);
    lookedAfter = 'witnesses';
    await clock.advance(80);
    lookedAfter = 'everybody';
    await clock.advance(200);
    lookedAfter = 'nobody';
    await clock.advance(100);
    expect(timesOf(10112)).toEqual([0, 10, 310]);
    expect(timesOf(10111)).toEqual([0, 10, 30, 70, 310]);
  });

  it('ends after a while, however it stands: the ordinary rhythm goes on', async () => {
    const { clock, looks, timesOf } = aWorld(() => failed);
    looks.begin(primary);
    await clock.advance(60_000);
    expect(timesOf(10111).at(-1)).toBeLessThan(10_000);
    expect(clock.timers).toBe(0);
  });

  it('ends with two good answers in a row: one may be luck', async () => {
    const answers = [failed, answered(primary), failed, answered(primary), answered(primary)];
    const { clock, looks, timesOf } = aWorld((key) => (key.port === 10111 ? (answers.shift() ?? failed) : failed));
    looks.begin(primary);
    await clock.advance(5_000);
    expect(timesOf(10111)).toHaveLength(5);
  });

  it('A16: reads a server that is nobody’s source once', async () => {
    const { clock, looks, portsRead } = aWorld(() => failed);
    looks.begin(sampleKey(10114));
    await clock.advance(5_000);
    expect(portsRead()).toEqual([10114]);
  });

  it('A10: a witness that hangs does not hold up the others', async () => {
    const { clock, looks, timesOf } = aWorld((key) => (key.port === 10112 ? new Promise(() => {}) : failed));
    looks.begin(primary);
    await clock.advance(100);
    expect(timesOf(10113)).toEqual([0, 10, 30, 70]);
  });

  it('A10: nor does the server itself, however patient we are with it', async () => {
    const { clock, looks, timesOf } = aWorld((key) => (key.port === 10111 ? new Promise(() => {}) : failed));
    looks.begin(primary);
    await clock.advance(1_000);
    expect(timesOf(10113)).toEqual([0, 20, 50, 100, 190, 360, 570, 780, 990]);
    expect(timesOf(10111)).toEqual([0]);
  });

  it('is slower for each where many are looked at', async () => {
    const { clock, looks, topology, timesOf } = aWorld(() => failed);
    for (let port = 1; port <= 30; port++) topology.putAll([sampleServer(port), sampleReplica(port + 100, port)]);
    for (let port = 1; port <= 30; port++) looks.begin(sampleKey(port));
    await clock.advance(100);
    expect(timesOf(30)).toEqual([0, 20, 60]);
  });

  it('ends when its replicas have gone elsewhere', async () => {
    const { clock, looks, topology, timesOf } = aWorld(() => failed);
    looks.begin(primary);
    await clock.advance(50);
    for (const port of [10112, 10113]) topology.put(sampleReplica(port, 10120));
    await clock.advance(5_000);
    expect(timesOf(10111)).toEqual([0, 10, 30]);
  });

  it('ends when the server is forgotten', async () => {
    const { clock, looks, topology, timesOf } = aWorld(() => failed);
    looks.begin(primary);
    await clock.advance(50);
    topology.remove(primary);
    await clock.advance(5_000);
    expect(timesOf(10111)).toEqual([0, 10, 30]);
  });

  it('has one look a server at a time, and a new one after the last has ended', async () => {
    const { clock, looks, timesOf } = aWorld(() => failed);
    looks.begin(primary);
    looks.begin(primary);
    await clock.advance(20_000);
    const before = timesOf(10111).length;
    expect(timesOf(10111).filter((at) => at === 0)).toEqual([0]);
    looks.begin(primary);
    await clock.advance(0);
    expect(timesOf(10111)).toHaveLength(before + 1);
  });

  it('stops at once, sets no timer any more, and can begin again', async () => {
    const { clock, looks, timesOf } = aWorld(() => failed);
    looks.begin(primary);
    looks.stop();
    await clock.advance(1_000);
    expect(timesOf(10111)).toEqual([0]);
    looks.begin(primary);
    await clock.advance(15);
    looks.stop();
    await clock.advance(1_000);
    expect(timesOf(10111)).toEqual([0, 1_000, 1_010]);
    expect(clock.timers).toBe(0);
  });
});
