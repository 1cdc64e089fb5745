/** How seldom a dead server is looked at. */
import { expect, it } from 'vitest';
import { sampleKey } from '../model/topology-samples.ts';
import { DeadHosts } from './dead-hosts.ts';

const key = sampleKey(10111);
const backOff = { pollMillis: 5_000, factor: 1.5, maxMillis: 20_000 };

function delays(times: number, options = backOff): readonly number[] {
  const dead = new DeadHosts();
  return Array.from({ length: times }, () => {
    dead.failed(key, options);
    return dead.delayMillis(key, options);
  });
}

it('is looked at after a poll at first, then more and more seldom, in whole seconds, up to the longest', () => {
  expect(delays(6)).toEqual([5_000, 7_000, 11_000, 20_000, 20_000, 20_000]);
});

it('is looked at as often as others where the factor is 1', () => {
  expect(delays(4, { ...backOff, factor: 1 })).toEqual([5_000, 5_000, 5_000, 5_000]);
});

it('counts anew when it has lived', () => {
  const dead = new DeadHosts();
  for (let times = 0; times < 5; times++) dead.failed(key, backOff);
  expect([dead.has(key), dead.size]).toEqual([true, 1]);
  dead.lived(key);
  expect([dead.has(key), dead.delayMillis(key, backOff)]).toEqual([false, 5_000]);
});
