import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { downtimeDuration, pageNumber, positiveId, requiredInteger } from './parameters.ts';

describe('pageNumber', () => {
  it('reads a page and takes anything else for the first', () => {
    expect(pageNumber('3')).toBe(3);
    for (const text of ['', '-1', 'x', '1.5', '0x10', '99999999999999999999']) expect(pageNumber(text)).toBe(0);
  });

  it('never fails and never goes below zero', () => {
    fc.assert(fc.property(fc.string(), (text) => pageNumber(text) >= 0 && Number.isSafeInteger(pageNumber(text))));
  });
});

describe('downtimeDuration', () => {
  it.each([
    ['30s', 30],
    ['10m', 600],
    ['2h', 7200],
    ['3d', 259_200],
    ['1w', 604_800],
    ['', 600],
    ['0m', 600],
  ])('reads %j as %d seconds', (text, expected) => {
    expect(downtimeDuration(text)).toEqual({ kind: 'ok', value: expected });
  });

  it.each(['10', 'm', '-5m', '1.5h', '10M', '5 m', '99999999999999w'])('refuses %j in the contract’s words', (text) => {
    expect(downtimeDuration(text)).toEqual({ kind: 'refused', reason: `Cannot parse simple time: ${text}` });
  });
});

describe('ids', () => {
  it('takes a listing id only when positive', () => {
    expect(positiveId('12')).toBe(12);
    for (const text of ['0', '-3', 'x', '']) expect(positiveId(text)).toBeNull();
  });

  it('says why a required integer is none', () => {
    expect(requiredInteger('7')).toEqual({ kind: 'ok', value: 7 });
    expect(requiredInteger('x')).toEqual({ kind: 'refused', reason: 'strconv.ParseInt: parsing "x": invalid syntax' });
  });
});
