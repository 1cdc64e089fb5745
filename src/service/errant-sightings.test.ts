import { describe, expect, it, onTestFinished } from 'vitest';
import { Picture } from '../discovery/picture.ts';
import { ManualClock, RememberingStore, settled } from '../discovery/testing.ts';
import { type UnixMillis, unixMillis } from '../model/brand.ts';
import { errantRangeText } from '../model/errant-sightings.ts';
import { SAMPLE_NOW, sampleKey, sampleReplica, sampleServer, sampleUuid } from '../model/topology-samples.ts';
import { MemoryDisk } from '../sim/backend/disk.ts';
import { openMemoryBackend } from '../sim/backend/open-memory-backend.ts';
import { ErrantSightings } from './errant-sightings.ts';

const [a, b] = [sampleUuid(1), sampleUuid(2)];
const KEY = sampleKey(2);

const later = (bySeconds: number): UnixMillis => unixMillis(SAMPLE_NOW + bySeconds * 1_000);

/** A primary and a replica, whose own transactions are errant. */
function aWatch(disk = new MemoryDisk()) {
  const clock = new ManualClock();
  const picture = new Picture(new RememberingStore());
  const errors: string[] = [];
  const log = { debug: () => {}, info: () => {}, warning: () => {}, error: (line: string) => void errors.push(line) };
  const backend = openMemoryBackend(disk);
  let leads = true;
  const sightings = new ErrantSightings({ picture, store: backend, clock, log, isLeader: () => leads });
  onTestFinished(() => sightings.stop());
  picture.observed(sampleServer(1, { executedGtidSet: `${a}:1-10` }));
  let writes = 0;
  disk.onWritten(() => {
    writes += 1;
  });
  return {
    clock,
    picture,
    errors,
    disk,
    backend,
    sightings,
    lead: (wanted: boolean) => {
      leads = wanted;
    },
    /** The replica as it is seen with these transactions of its own. */
    async see(own: string) {
      const executedGtidSet = own === '' ? `${a}:1-10` : `${a}:1-10,${b}:${own}`;
      picture.observed(sampleReplica(2, 1, { executedGtidSet }));
      await settled();
    },
    writes: () => writes,
    rows: async () =>
      (await backend.loadErrantSightings()).map(({ key, ...sighting }) => [
        key.port,
        errantRangeText(sighting).replace(b, 'b'),
        sighting.firstSeen,
      ]),
  };
}

describe('O33: errant transactions of a replica', () => {
  it('are remembered from the moment at which they are seen, and written once', async () => {
    const { sightings, see, clock, rows, writes } = aWatch();
    sightings.start();
    await see('1-3');
    await clock.advance(5_000);
    await see('1-3');
    await clock.advance(120_000);
    expect(await rows()).toEqual([[2, 'b:1-3', later(0)]]);
    expect(writes()).toBe(1);
  });

  it('are remembered range by range as they come, and forgotten as they go', async () => {
    const { sightings, see, clock, rows } = aWatch();
    sightings.start();
    await see('1-3');
    await clock.advance(5_000);
    await see('1-5');
    expect(await rows()).toEqual([
      [2, 'b:1-3', later(0)],
      [2, 'b:4-5', later(5)],
    ]);
    await see('');
    expect(await rows()).toEqual([]);
  });

  it('that stood when the process began keep the time that a former process gave them', async () => {
    const former = aWatch();
    former.sightings.start();
    await former.see('1-3');
    const successor = aWatch(former.disk);
    await successor.clock.advance(60_000);
    await successor.see('1-4');
    successor.sightings.start();
    await settled();
    expect(await successor.rows()).toEqual([
      [2, 'b:1-3', later(0)],
      [2, 'b:4', later(60)],
    ]);
  });

  it('that stand as a former process has written them are not written again', async () => {
    const former = aWatch();
    former.sightings.start();
    await former.see('1-3');
    const successor = aWatch(former.disk);
    await successor.see('1-3');
    successor.sightings.start();
    await successor.clock.advance(61_000);
    expect(successor.writes()).toBe(0);
    expect(await successor.rows()).toEqual([[2, 'b:1-3', later(0)]]);
  });

  it('are forgotten when they went while nobody looked, and when their server is watched no more', async () => {
    const former = aWatch();
    former.sightings.start();
    await former.see('1-3');
    const successor = aWatch(former.disk);
    await former.backend.replaceErrantSightings(sampleKey(9), (await former.backend.loadErrantSightings()).slice());
    await successor.see('');
    successor.sightings.start();
    await settled();
    expect(await successor.rows()).toEqual([]);
  });

  it('keep the time at which they were seen where the backend does not take them until later', async () => {
    const { sightings, see, clock, rows, disk, errors } = aWatch();
    sightings.start();
    await see('1-2');
    disk.fail('writes');
    await see('1-4');
    expect(errors).toContainEqual(expect.stringContaining('cannot record the errant transactions of 127.0.0.1:2'));
    await clock.advance(10_000);
    await see('2-4');
    await clock.advance(20_000);
    disk.heal();
    await clock.advance(31_000);
    expect(await rows()).toEqual([[2, 'b:2-4', later(0)]]);
  });

  it('are read anew where the backend could not be read', async () => {
    const { sightings, see, clock, rows, disk, errors } = aWatch();
    disk.fail('everything');
    sightings.start();
    await see('1-3');
    expect(errors[0]).toContain('cannot read which transactions were errant');
    disk.heal();
    await clock.advance(61_000);
    expect(await rows()).toEqual([[2, 'b:1-3', later(60)]]);
  });

  it('are written by the node that leads alone, which goes on where the other one stopped', async () => {
    const one = aWatch();
    const other = aWatch(one.disk);
    other.lead(false);
    one.sightings.start();
    other.sightings.start();
    await one.see('1-3');
    await other.see('1-3');
    await other.clock.advance(61_000);
    expect(await one.rows()).toEqual([[2, 'b:1-3', later(0)]]);
    one.lead(false);
    other.lead(true);
    await one.see('1-9');
    await other.see('1-4');
    expect(await one.rows()).toEqual([
      [2, 'b:1-3', later(0)],
      [2, 'b:4', later(61)],
    ]);
  });

  it('that stood when a node came to lead are noted although nothing changes', async () => {
    const { sightings, see, clock, rows, lead } = aWatch();
    lead(false);
    sightings.start();
    await see('1-3');
    lead(true);
    await clock.advance(61_000);
    expect(await rows()).toEqual([[2, 'b:1-3', later(60)]]);
  });

  it('of a server that is forgotten are forgotten too, and are new when it comes back', async () => {
    const { sightings, see, picture, backend, clock, rows } = aWatch();
    sightings.start();
    await see('1-3');
    picture.forget(KEY);
    await backend.forget(KEY);
    await settled();
    expect(await rows()).toEqual([]);
    await clock.advance(5_000);
    await see('1-3');
    expect(await rows()).toEqual([[2, 'b:1-3', later(5)]]);
  });

  it('are told with their times by any node, those that nobody has noted without', async () => {
    const one = aWatch();
    one.sightings.start();
    await one.see('1-3');
    const { sightings } = aWatch(one.disk);
    const ranges = await sightings.rangesOf(KEY, `${b}:2-5`);
    expect(ranges.map((range) => [errantRangeText(range).replace(b, 'b'), range.firstSeen])).toEqual([
      ['b:2-3', later(0)],
      ['b:4-5', null],
    ]);
    expect(await sightings.rangesOf(KEY, '')).toEqual([]);
    expect(await sightings.rangesOf(KEY, 'no set at all')).toEqual([]);
  });
});
