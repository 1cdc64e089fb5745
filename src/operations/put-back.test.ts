import { describe, expect, it } from 'vitest';
import { sampleKey } from '../model/topology-samples.ts';
import { PUT_BACK_FOR_MILLIS, PutBack } from './put-back.ts';
import { aTurn, SleepersClock } from './testing.ts';

/** A server that never answers; its lock is lost after so many renewals. */
async function putBack(renewals: number) {
  const clock = new SleepersClock();
  const logged: string[] = [];
  const note = (line: string) => void logged.push(line);
  const log = { debug: note, info: note, warning: note, error: note };
  const story: string[] = [];
  let attempts = 0;
  new PutBack({ clock, log, mayGoOn: () => true }).later({
    key: sampleKey(3302),
    held: {
      key: sampleKey(3302),
      renew: async () => {
        renewals -= 1;
        return renewals >= 0;
      },
      release: async () => void story.push('released'),
    },
    attempt: async () => {
      attempts += 1;
      return 'again';
    },
    settled: async () => void story.push('settled'),
  });
  for (let turns = 0; turns < 20_000 && story.length < 2; turns += 1) await aTurn();
  return { story, last: logged.at(-1), attempts, now: clock.monotonic() };
}

describe('a server that does not answer when it is to be put back', () => {
  it('O70: is left to whoever has ended its lock', async () => {
    const { story, last, now } = await putBack(1);
    expect([story, last]).toEqual([
      ['settled', 'released'],
      '127.0.0.1:3302 is not held any more: it is left as it is',
    ]);
    expect(now).toBeLessThan(PUT_BACK_FOR_MILLIS / 10);
  });

  it('is named at the end of the hour: it may stand still', async () => {
    const { story, last } = await putBack(1_000);
    expect([story, last]).toEqual([
      ['settled', 'released'],
      '127.0.0.1:3302 could not be put back, and is not tried again: see whether it replicates',
    ]);
  });
});
