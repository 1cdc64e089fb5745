import { describe, expect, it } from 'vitest';
import { unixMillis } from '../model/brand.ts';
import { isLastCheckValid } from '../model/instance-status.ts';
import type { TopologyChange } from '../model/topology-change.ts';
import { SAMPLE_NOW, sampleKey, sampleReplica, sampleServer, sampleUuid } from '../model/topology-samples.ts';
import { Picture } from './picture.ts';
import { RememberingStore } from './testing.ts';

const key = sampleKey(10111);
const read = (picture: Picture, readOnly: boolean) =>
  picture.observed(sampleServer(10111, { readOnly, epoch: picture.epochOf(key) }));

describe('an observation and a command', () => {
  it('an observation that began before the command is dropped', () => {
    const picture = new Picture(new RememberingStore());
    read(picture, true);
    const began = picture.epochOf(key);
    picture.advanceEpoch(key);
    expect(picture.observed(sampleServer(10111, { readOnly: false, epoch: began }))).toBe(false);
    expect(picture.topology.get(key)?.readOnly).toBe(true);
  });

  it('so is one that began while the command ran, and one that began afterwards counts', () => {
    const picture = new Picture(new RememberingStore());
    read(picture, true);
    const during = picture.advanceEpoch(key);
    picture.advanceEpoch(key);
    expect(picture.observed(sampleServer(10111, { readOnly: false, epoch: during }))).toBe(false);
    expect(read(picture, false)).toBe(true);
    expect(picture.topology.get(key)?.readOnly).toBe(false);
  });

  it('a command to one server does not void what is seen of another', () => {
    const picture = new Picture(new RememberingStore());
    picture.advanceEpoch(sampleKey(10112));
    expect(read(picture, true)).toBe(true);
  });

  it('a failed check that began before the command says nothing either', () => {
    const picture = new Picture(new RememberingStore());
    read(picture, true);
    const began = picture.epochOf(key);
    picture.advanceEpoch(key);
    read(picture, false);
    picture.checkFailed(key, false, began, unixMillis(SAMPLE_NOW + 5));
    expect(picture.topology.get(key)).toSatisfy(isLastCheckValid);
  });
});

describe('a check that failed', () => {
  it.each([0, -3_600_000, 5])('makes the server invalid, when the clock went on by %i ms', (millis) => {
    const picture = new Picture(new RememberingStore());
    read(picture, true);
    picture.checkFailed(key, true, picture.epochOf(key), unixMillis(SAMPLE_NOW + millis));
    const instance = picture.topology.get(key);
    expect(instance).not.toSatisfy(isLastCheckValid);
    expect(instance).toMatchObject({ readOnly: true, lastSeen: SAMPLE_NOW, lastCheckPartialSuccess: true });
  });

  it('is over with the next good one', () => {
    const picture = new Picture(new RememberingStore());
    read(picture, true);
    picture.checkFailed(key, false, picture.epochOf(key), SAMPLE_NOW);
    picture.observed(
      sampleServer(10111, { lastChecked: unixMillis(SAMPLE_NOW + 9), lastSeen: unixMillis(SAMPLE_NOW + 9) }),
    );
    expect(picture.topology.get(key)).toSatisfy(isLastCheckValid);
  });

  it('does not make an unknown server known', () => {
    const picture = new Picture(new RememberingStore());
    picture.checkFailed(key, false, picture.epochOf(key), SAMPLE_NOW);
    expect(picture.topology.has(key)).toBe(false);
  });
});

describe('what this process has seen itself', () => {
  it('is not what it loaded, is what it looked at, and ends when the server is forgotten', async () => {
    const picture = new Picture(new RememberingStore([sampleServer(10111)]));
    await picture.load();
    expect([picture.wasObservedHere(key), picture.wasSeenHere(key)]).toEqual([false, false]);
    picture.checkFailed(key, false, picture.epochOf(key), SAMPLE_NOW);
    expect([picture.wasObservedHere(key), picture.wasSeenHere(key)]).toEqual([true, false]);
    read(picture, true);
    expect([picture.wasObservedHere(key), picture.wasSeenHere(key)]).toEqual([true, true]);
    picture.forget(key);
    expect([picture.wasObservedHere(key), picture.wasSeenHere(key)]).toEqual([false, false]);
  });
});

describe('what goes to the backend', () => {
  it('is facts when there is news, and only timestamps when there is none', () => {
    const store = new RememberingStore();
    const picture = new Picture(store);
    read(picture, true);
    read(picture, true);
    read(picture, false);
    expect(store.queued.map(({ change }) => change)).toEqual(['facts', 'timestamps', 'facts']);
  });

  it('is also what follows for others: replicas of a source that was not known until now', () => {
    const store = new RememberingStore();
    const picture = new Picture(store);
    picture.observed(sampleReplica(10112, 10111));
    read(picture, false);
    expect(store.queued.map(({ instance }) => [instance.key.port, instance.replicationDepth])).toEqual([
      [10112, 0],
      [10111, 0],
      [10112, 1],
    ]);
  });
});

describe('who listens', () => {
  it('hears of changes and not of polls that brought nothing, until it stops', () => {
    const picture = new Picture(new RememberingStore());
    const heard: TopologyChange[] = [];
    const stop = picture.onChange((change) => heard.push(change));
    read(picture, true);
    read(picture, true);
    expect(heard).toHaveLength(1);
    stop();
    read(picture, false);
    expect(heard).toHaveLength(1);
  });

  it('is not told of what was loaded', async () => {
    const picture = new Picture(new RememberingStore([sampleServer(10111)]));
    const heard: TopologyChange[] = [];
    picture.onChange((change) => heard.push(change));
    await picture.load();
    expect(heard).toEqual([]);
  });
});

describe('errant transactions', () => {
  it('A18: are judged where the server stands in the graph', () => {
    const picture = new Picture(new RememberingStore());
    const source = `${sampleUuid(10111)}:1-5`;
    picture.observed(sampleServer(10111, { executedGtidSet: source }));
    picture.observed(sampleReplica(10112, 10111, { executedGtidSet: `${source},${sampleUuid(10112)}:1` }));
    expect(picture.topology.get(sampleKey(10112))?.gtidErrant).toBe(`${sampleUuid(10112)}:1`);
  });
});
