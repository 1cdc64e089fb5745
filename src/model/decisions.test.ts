import { describe, expect, it } from 'vitest';
import { onePerServer } from './decisions.ts';
import { sampleKey } from './topology-samples.ts';

describe('locks of several servers', () => {
  it('are by host and port, and of a server that is named twice the first', () => {
    const locks = [3, 1, 2, 1].map((port, i) => ({ key: sampleKey(port), i }));
    expect(onePerServer(locks).map(({ key, i }) => [key.port, i])).toEqual([
      [1, 1],
      [2, 2],
      [3, 0],
    ]);
  });
});
