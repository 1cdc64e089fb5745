/** O34: which binary logs have errant transactions. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BinlogEvent } from '../../model/binlog-event.ts';
import { locateErrant } from './locate-errant.ts';
import { aSearch, at, PretendLogs } from './testing.ts';

const OWN = at(11);
const U = '00000000-0000-0000-0000-0000000000aa';
const V = '00000000-0000-0000-0000-0000000000bb';

const nameOf = (index: number): string => `binlog.${String(index + 1).padStart(6, '0')}`;

/** Files that begin with these sets; null: with none. */
function filesBeginning(sets: readonly (string | null)[]): PretendLogs {
  const logs = new PretendLogs();
  const eventOf = (file: string, pos: number, type: string, info: string): BinlogEvent => ({
    coordinates: { file, pos, type: 'binary' },
    endPos: pos + 100,
    type,
    serverId: 1,
    info,
  });
  const binary = sets.map((set, index): [string, BinlogEvent[]] => {
    const file = nameOf(index);
    const head = eventOf(file, 4, 'Format_desc', 'Server ver: 1');
    return [file, set === null ? [head] : [head, eventOf(file, 104, 'Previous_gtids', set)]];
  });
  logs.set(OWN, { binary: new Map(binary) });
  return logs;
}

const located = (logs: PretendLogs, gtidErrant: string, gtidPurged = '') =>
  locateErrant(aSearch(logs), { key: OWN, gtidErrant, gtidPurged });

describe('O34: the binary logs that have errant transactions', () => {
  const logs = () => filesBeginning(['', `${U}:1-5`, `${U}:1-5,\n${V}:1`, `${U}:1-9,\n${V}:1-3`]);

  it.each<[string, string, readonly number[]]>([
    ['in the oldest', `${U}:3`, [0]],
    ['in one', `${V}:1`, [1]],
    ['in several, the oldest first', `${U}:5-6,${V}:1`, [0, 1, 2]],
    ['in the newest', `${U}:12`, [3]],
  ])('%s', async (_name, errant, files) => {
    expect(await located(logs(), errant)).toEqual({ kind: 'found', value: files.map(nameOf) });
  });

  it('a part is purged: refused, and named', async () => {
    const purged = await located(logs(), `${U}:3-7`, `${U}:1-4`);
    expect(purged).toMatchObject({ kind: 'refused', code: 'gtid-purged' });
    expect(purged.kind === 'refused' && purged.text).toContain(`${U}:3-4`);
    const before = await located(filesBeginning([`${U}:1-4`, `${U}:1-9`]), `${U}:4`);
    expect(before).toMatchObject({ kind: 'refused', code: 'gtid-purged' });
  });

  it('nothing is errant: refused', async () => {
    expect(await located(logs(), '')).toMatchObject({ kind: 'refused', code: 'nothing-errant' });
  });

  it('a log does not begin with the set before it: refused, not broken', async () => {
    expect(await located(filesBeginning(['', null]), `${U}:4`)).toMatchObject({ code: 'gtid-unknown' });
    expect(await located(filesBeginning(['', 'no set']), `${U}:4`)).toMatchObject({ code: 'gtid-unknown' });
  });

  it('no binary logs: refused', async () => {
    expect(await located(new PretendLogs(), `${U}:4`)).toMatchObject({ kind: 'refused', code: 'no-logs' });
  });

  it('of a thousand files few are read', async () => {
    const many = filesBeginning(
      Array.from({ length: 1_000 }, (_unused, index) => (index === 0 ? '' : `${U}:1-${index}`)),
    );
    expect(await located(many, `${U}:700`)).toEqual({ kind: 'found', value: [nameOf(699)] });
    expect(many.pages.length).toBeLessThanOrEqual(12);
  });

  it('each transaction is in the file that is said to have it, and every file said has one', async () => {
    const sizes = fc.array(fc.nat(4), { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(sizes, fc.array(fc.nat(40), { minLength: 1, maxLength: 6 }), async (counts, picks) => {
        const total = counts.reduce((sum, count) => sum + count, 0);
        const wanted = [...new Set(picks.map((pick) => pick + 1).filter((number) => number <= total))];
        fc.pre(wanted.length > 0);
        const ends = counts.map((_count, index) => counts.slice(0, index + 1).reduce((sum, count) => sum + count, 0));
        const sets = counts.map((_count, index) => {
          const end = index === 0 ? 0 : (ends[index - 1] ?? 0);
          return end === 0 ? '' : `${U}:1-${end}`;
        });
        const result = await located(filesBeginning(sets), `${U}:${wanted.join(':')}`);
        const expected = ends.flatMap((end, index) => {
          const begin = index === 0 ? 0 : (ends[index - 1] ?? 0);
          return wanted.some((number) => number > begin && number <= end) ? [nameOf(index)] : [];
        });
        expect(result).toEqual({ kind: 'found', value: expected });
      }),
    );
  });
});
