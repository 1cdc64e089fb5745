import { describe, expect, it } from 'vitest';
import type { BinlogCoordinates } from './binlog-coordinates.ts';
import { unixMillis } from './brand.ts';
import {
  hasCoordinates,
  previousRelayCoordinates,
  type RecordedCoordinates,
  recentSelfCoordinates,
} from './coordinates-history.ts';
import { SAMPLE_NOW, sampleKey } from './topology-samples.ts';

const own = (pos: number, file = 'bin.000007'): BinlogCoordinates => ({ file, pos, type: 'binary' });
const relay = (pos: number, file = 'relay.000003'): BinlogCoordinates => ({ file, pos, type: 'relay' });

const row = (secondsAgo: number, change: Partial<RecordedCoordinates> = {}): RecordedCoordinates => ({
  key: sampleKey(1),
  lastSeen: null,
  recordedAt: unixMillis(SAMPLE_NOW - secondsAgo * 1_000),
  selfCoordinates: own(10_000 - secondsAgo),
  relayLogCoordinates: relay(10_000 - secondsAgo),
  ...change,
});

describe('where a search in the binary log of a server begins', () => {
  it('is where it was two minutes ago or a little before', () => {
    expect(recentSelfCoordinates([row(30), row(90), row(150), row(210)], SAMPLE_NOW)).toEqual(own(9_850));
    expect(recentSelfCoordinates([row(119), row(120)], SAMPLE_NOW)).toEqual(own(9_880));
  });

  it('is not known while there is no row so old, or the server had no binary log', () => {
    expect(recentSelfCoordinates([], SAMPLE_NOW)).toBeNull();
    expect(recentSelfCoordinates([row(30), row(90)], SAMPLE_NOW)).toBeNull();
    expect(recentSelfCoordinates([row(150, { selfCoordinates: own(0, '') })], SAMPLE_NOW)).toBeNull();
  });
});

describe('where a search in the relay log of a server begins', () => {
  it('is the newest place before the present one', () => {
    const history = [row(30), row(90), row(150)];
    expect(previousRelayCoordinates(history, relay(9_900))).toEqual(relay(9_850));
    expect(previousRelayCoordinates(history, relay(9_911))).toEqual(relay(9_910));
  });

  it('is in an earlier file by its number, not by its name as text', () => {
    const history = [row(30, { relayLogCoordinates: relay(700, 'relay.999999') })];
    expect(previousRelayCoordinates(history, relay(4, 'relay.1000000'))).toEqual(relay(700, 'relay.999999'));
    expect(
      previousRelayCoordinates(
        [row(30, { relayLogCoordinates: relay(4, 'relay.1000000') })],
        relay(700, 'relay.999999'),
      ),
    ).toBeNull();
  });

  it('is not known where all rows are blanked, or none is before', () => {
    const history = [row(30, { relayLogCoordinates: relay(0, '') }), row(90)];
    expect(previousRelayCoordinates(history, relay(9_910))).toBeNull();
    expect(previousRelayCoordinates([], relay(4))).toBeNull();
  });
});

describe('a server', () => {
  it('has coordinates as soon as it has either log', () => {
    const none = { selfCoordinates: own(0, ''), relayLogCoordinates: relay(0, '') };
    expect(hasCoordinates(row(0, none))).toBe(false);
    expect(hasCoordinates(row(0, { ...none, selfCoordinates: own(4) }))).toBe(true);
    expect(hasCoordinates(row(0, { ...none, relayLogCoordinates: relay(4) }))).toBe(true);
  });
});
