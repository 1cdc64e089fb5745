import { expect, it } from 'vitest';
import { answersOf } from './answers.ts';

const LONGLONG = 8;
const VARCHAR = 253;
const fields = [
  { name: 'n', columnType: LONGLONG },
  { name: 'text', columnType: VARCHAR },
];
const header = { affectedRows: 2, insertId: 0, fieldCount: 0 };

it('gives numbers where exact and bigints beyond, and texts of digits as texts', () => {
  const [answer] = answersOf(
    [
      { n: 7, text: '18446744073709551615' },
      { n: '18446744073709551615', text: null },
    ],
    fields,
  );
  expect(answer?.rows).toEqual([
    { n: 7, text: '18446744073709551615' },
    { n: 2n ** 64n - 1n, text: null },
  ]);
});

it('gives what a write came to', () => {
  expect(answersOf(header, undefined)).toEqual([{ rows: [], affectedRows: 2n, insertId: null }]);
  expect(answersOf({ ...header, insertId: 5 }, undefined)).toMatchObject([{ insertId: 5n }]);
});

it('gives one answer to each statement of a packet', () => {
  expect(answersOf([header, header], [undefined, undefined])).toHaveLength(2);
  expect(answersOf([header, [{ n: 1, text: '' }]], [undefined, fields])).toMatchObject([
    { affectedRows: 2n },
    { rows: [{ n: 1, text: '' }] },
  ]);
  expect(answersOf([[], []], [fields, fields])).toMatchObject([{ rows: [] }, { rows: [] }]);
});

it('takes rows that are none for none', () => {
  expect(answersOf([], fields)).toEqual([{ rows: [], affectedRows: 0n, insertId: null }]);
});
