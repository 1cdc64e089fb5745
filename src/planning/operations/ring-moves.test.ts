import { describe, expect, it } from 'vitest';
import type { Instance } from '../../model/instance.ts';
import { byPosition, factsOf, key, moves, planned, refusal } from './move-testing.ts';

/** 1, 2 and 3 replicate in a ring; 4 is a replica of 1 outside of it. Who of them is written to. */
const ring = (...written: readonly number[]): readonly Instance[] =>
  [byPosition(1, 3), byPosition(2, 1), byPosition(3, 2), byPosition(4, 1)].map((server) => ({
    ...server,
    readOnly: !written.includes(server.key.port),
  }));

const pair = (...written: readonly number[]): readonly Instance[] =>
  [byPosition(1, 2), byPosition(2, 1), byPosition(4, 1)].map((server) => ({
    ...server,
    readOnly: !written.includes(server.key.port),
  }));

describe('A15: by file and position, around servers that replicate from themselves', () => {
  const up = { kind: 'move-up', key: key(4) } as const;
  const below = { kind: 'move-below', key: key(4), below: key(2) } as const;

  it('A15, O23: nobody goes past a member of a ring that is written to: its rows would come twice', () => {
    expect(refusal(up, factsOf(ring(1)))).toBe(
      'writes-in-circle: 127.0.0.1:1 takes writes in a circle of servers: by file and position nobody can be moved past it without losing rows or applying them twice',
    );
    expect(moves(planned(up, factsOf(ring(3))))).toEqual(['4: 1 -> 3 (file-position)']);
  });

  it('A15, O25: nobody goes below a sibling in a ring that is written to: what its source has not got yet would never come', () => {
    expect(refusal(below, factsOf(ring(2)))).toContain('writes-in-circle: 127.0.0.1:2');
    expect(moves(planned(below, factsOf(ring(1))))).toEqual(['4: 1 -> 2 (file-position)']);
  });

  it('A15, O25: nor below a written co-primary, also where somebody orders just that', () => {
    expect(refusal(below, factsOf(pair(1, 2)))).toContain('writes-in-circle: 127.0.0.1:2');
    expect(moves(planned(below, factsOf(pair(1))))).toEqual(['4: 1 -> 2 (file-position)']);
  });

  it('A15, O23: a ring further up keeps nobody where it is', () => {
    const chain = [...ring(1), { ...byPosition(5, 4), readOnly: false }];
    expect(moves(planned({ kind: 'move-up', key: key(5) }, factsOf(chain)))).toEqual(['5: 4 -> 1 (file-position)']);
  });
});
