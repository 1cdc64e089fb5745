import { expect, it } from 'vitest';
import { answersNow } from '../execution/silence.ts';
import { sampleKey, sampleServer } from '../model/topology-samples.ts';
import { RecoveryWorld } from './testing.ts';

async function asked(passedMillis: number, isBack: boolean) {
  const { clock, servers } = new RecoveryWorld(isBack ? [sampleServer(1)] : []).ports;
  const deadlines: number[] = [];
  const since = clock.monotonic() - passedMillis;
  const observe: typeof servers.observe = (key, deadline) => {
    deadlines.push(deadline);
    return servers.observe(key, deadline);
  };
  return [await answersNow({ clock, servers: { observe } }, sampleKey(1), since), ...deadlines];
}

it('A23: a primary that was just found dead is asked again all the same, for a moment', async () => {
  expect(await asked(0, true)).toEqual([true, 50]);
  expect(await asked(499, false)).toEqual([false, 50]);
});

it('after half a second it is given more time', async () => {
  expect(await asked(500, true)).toEqual([true, 250]);
});
