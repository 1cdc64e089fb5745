import { describe, expect, it } from 'vitest';
import {
  binlogServer,
  byPosition,
  factsOf,
  key,
  log,
  moves,
  planned,
  refusal,
  story,
  withoutGtid,
} from './move-testing.ts';

const request = { kind: 'skip-to-next-log', key: key(2) } as const;
const at = (file: number, pos = 100) => log(`source-bin.00000${file}`, pos);
const source = (file: number) => withoutGtid(1, { selfCoordinates: at(file) });
const server = binlogServer(2, 1, 100, { selfCoordinates: at(4), readCoordinates: at(4), execCoordinates: at(4) });

describe('O15: a binlog server skips to the next log', () => {
  it('O15: of a source that has begun it', () => {
    const plan = planned(request, factsOf([source(5), server]));
    expect(story(plan)[1]).toContain('at source-bin.000005:4');
    expect(moves(plan)).toEqual([]);
    expect(plan.audits.map(({ type }) => type)).toEqual(['skip-binlog']);
  });

  it('O15, D4: not while the source still writes the log that it has, or is not known', () => {
    expect(refusal(request, factsOf([source(4), server]))).toContain(
      'no-next-log: 127.0.0.1:1 writes source-bin.000004',
    );
    expect(refusal(request, factsOf([source(5), server], { silent: [1] }))).toContain('source-unknown');
  });

  it('O15: is for binlog servers alone', () => {
    expect(refusal(request, factsOf([source(5), byPosition(2, 1)]))).toBe(
      'no-binlog-server: 127.0.0.1:2 is no binlog server',
    );
  });

  it('O15: not behind a name without a number', () => {
    const unnumbered = binlogServer(2, 1, 100, { selfCoordinates: log('bin', 4), readCoordinates: log('bin', 4) });
    expect(refusal(request, factsOf([source(5), unnumbered]))).toContain('no-next-log');
  });
});
