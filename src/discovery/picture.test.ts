import { describe, expect, it } from 'vitest';
import { unixMillis } from '../model/brand.ts';
import { isLastCheckValid } from '../model/instance-status.ts';
import type { TopologyChange } from '../model/topology-change.ts';
import {
  SAMPLE_NOW,
  sampleGroup,
  sampleKey,
  sampleReplica,
  sampleServer,
  sampleUuid,
} from '../model/topology-samples.ts';
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

describe('the primary that a member of a group named', () => {
  it('is still its own word after a failed check, whatever the others have made of it', () => {
    const picture = new Picture(new RememberingStore());
    const member = (port: number, primary: number, at: number) => {
      const members = [10111, 10112, 10113].filter((other) => other !== port).map((other) => sampleKey(other));
      const time = unixMillis(SAMPLE_NOW + at);
      const group = { ...sampleGroup(primary, port), members };
      picture.observed(sampleServer(port, { group, lastSeen: time, lastChecked: time }));
    };
    member(10111, 10111, 0);
    member(10112, 10111, 0);
    member(10113, 10111, 0);
    member(10112, 10112, 1);
    picture.checkFailed(sampleKey(10112), false, picture.epochOf(sampleKey(10112)), unixMillis(SAMPLE_NOW + 2));
    expect(picture.topology.get(sampleKey(10112))?.group.primaryKey).toEqual(sampleKey(10111));
    expect(picture.known(sampleKey(10112))?.group.primaryKey).toEqual(sampleKey(10112));
  });
});

describe('an alias that a server inherits', () => {
  const aliasOf = (picture: Picture, port: number) => picture.topology.get(sampleKey(port))?.suggestedClusterAlias;

  it('is not its own once a check of it has failed', () => {
    const picture = new Picture(new RememberingStore());
    picture.observed(sampleServer(10111, { suggestedClusterAlias: 'main' }));
    picture.observed(sampleReplica(10112, 10111));
    picture.checkFailed(sampleKey(10112), false, picture.epochOf(sampleKey(10112)), unixMillis(SAMPLE_NOW + 5));
    expect(aliasOf(picture, 10112)).toBe('main');
    picture.forget(key);
    expect(aliasOf(picture, 10112)).toBe('');
  });

  it('is not its own when it was read from the backend', async () => {
    const suggestedClusterAlias = 'main';
    const rows = [
      sampleServer(10111, { suggestedClusterAlias }),
      sampleReplica(10112, 10111, { suggestedClusterAlias }),
    ];
    const picture = new Picture(new RememberingStore(rows));
    await picture.load();
    expect(aliasOf(picture, 10112)).toBe('main');
    picture.forget(key);
    expect(aliasOf(picture, 10112)).toBe('');
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
  const [primary, replica, elsewhere] = [sampleUuid(10111), sampleUuid(10112), sampleUuid(10113)];

  /** A primary and its replica; each read takes so long and ends then. */
  function aPair() {
    const picture = new Picture(new RememberingStore());
    const read = (time: number) => ({
      lastSeen: unixMillis(SAMPLE_NOW + time),
      lastDiscoveryLatencyNanos: READ_MILLIS * 1_000_000,
    });
    return {
      picture,
      source: (executedGtidSet: string, time: number) =>
        picture.observed(sampleServer(10111, { executedGtidSet, ...read(time) })),
      replica: (executedGtidSet: string, time: number) =>
        picture.observed(sampleReplica(10112, 10111, { executedGtidSet, ...read(time) })),
      errant: () => picture.topology.get(sampleKey(10112))?.gtidErrant,
    };
  }

  it('A18: are judged where the server stands in the graph', () => {
    const pair = aPair();
    pair.source(`${primary}:1-5`, 0);
    pair.replica(`${primary}:1-5,${replica}:1`, 100);
    expect(pair.errant()).toBe(`${replica}:1`);
  });

  it('are none while the source moves on: what it did not have when it was read before, it may have given since', () => {
    const pair = aPair();
    pair.source(`${primary}:1-5,${elsewhere}:1-5`, 0);
    pair.replica(`${primary}:1-9,${elsewhere}:1-7`, 100);
    expect(pair.errant()).toBe('');
    pair.source(`${primary}:1-12,${elsewhere}:1-9`, 200);
    expect(pair.errant()).toBe('');
  });

  it('are told as soon as the source was read after the replica and still does not have them', () => {
    const pair = aPair();
    pair.source(`${primary}:1-5,${elsewhere}:1-5`, 0);
    pair.replica(`${primary}:1-9,${elsewhere}:1-7`, 100);
    // It began before the replica’s read had ended.
    pair.source(`${primary}:1-9,${elsewhere}:1-5`, 100 + READ_MILLIS - 1);
    expect(pair.errant()).toBe('');
    pair.source(`${primary}:1-12,${elsewhere}:1-5`, 200);
    expect(pair.errant()).toBe(`${elsewhere}:6-7`);
    // And stay so while the source is the older one again.
    pair.replica(`${primary}:1-14,${elsewhere}:1-8`, 300);
    expect(pair.errant()).toBe(`${elsewhere}:6-7`);
    pair.source(`${primary}:1-14,${elsewhere}:1-8`, 400);
    expect(pair.errant()).toBe('');
  });

  it('are no more at once when the replica does not have them any more', () => {
    const pair = aPair();
    pair.source(`${primary}:1-5`, 0);
    pair.replica(`${primary}:1-5,${replica}:1`, 100);
    pair.replica(`${primary}:1-5`, 200);
    expect(pair.errant()).toBe('');
  });
});

const READ_MILLIS = 10;
