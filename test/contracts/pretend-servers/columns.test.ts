// A pretended server shows what was recorded of real ones: the same columns, in the same order, of the same kinds.

import { describe, expect, it } from 'vitest';
import { recordedRows } from '../../../src/mysql/testing.ts';
import type { Rows } from '../../../src/ports/server-wire.ts';
import { aWorld } from '../../../src/sim/testing.ts';
import { FAMILIES, probeRows, writeNumbers } from './product.ts';

/** Names and kinds of values; what is NULL in either is of any kind. */
function shapeOf(rows: Rows | undefined): readonly (readonly [string, string])[] {
  return Object.entries(rows?.[0] ?? {}).map(([name, value]) => [name, value === null ? 'null' : typeof value]);
}

describe.each(FAMILIES)('a pretended %s server', (family) => {
  it.each([
    ['primary', 'db1'],
    ['replica', 'db2'],
  ] as const)('answers each section of a probe as a recorded %s does', (role, name) => {
    const world = aWorld({ family, replicas: 1, options: () => ({ restartAfterMillis: 1 }) });
    writeNumbers(world, [1]);
    world.run(2_000);
    const pretended = probeRows(world, name);
    const recorded = recordedRows(`${family}-${role}`);
    // Recorded before this column was asked for.
    const partial = recorded.get('receivers')?.map((row) => {
      const { period, ...rest } = row;
      return { ...rest, partial: '', period };
    });
    if (partial !== undefined) recorded.set('receivers', partial);
    expect([...pretended.keys()]).toEqual([...recorded.keys()]);
    for (const [section, rows] of recorded) {
      expect([section, shapeOf(pretended.get(section))]).toEqual([section, shapeOf(rows)]);
      expect(pretended.get(section)).toHaveLength(rows.length);
    }
  });

  it('names every thread of a replica that waits for more as the recorded one did', () => {
    const world = aWorld({ family, replicas: 1 });
    writeNumbers(world, [1]);
    world.run(100);
    const [pretended] = probeRows(world, 'db2').get('replication') ?? [];
    const [recorded] = recordedRows(`${family}-replica`).get('replication') ?? [];
    const statesOf = (row: Record<string, unknown> | undefined) =>
      Object.entries(row ?? {}).filter(([name]) => /(State|Running)$/.test(name));
    expect(statesOf(pretended)).toEqual(statesOf(recorded));
  });
});
