import { describe, expect, it } from 'vitest';
import { readDemoWishes } from './demo-wishes.ts';

describe('the words of the demo', () => {
  it.each([
    ['', { family: null, once: false, fleet: null }],
    ['--mariadb --once', { family: 'mariadb', once: true, fleet: null }],
    ['--fleet 500 --mysql', { family: 'mysql', once: false, fleet: 500 }],
    ['--fleet', null],
    ['--fleet many', null],
    ['--fleet 0', null],
    ['--fleet --once', null],
    ['--postgres', null],
  ])('%j', (words, wishes) => {
    expect(readDemoWishes(words.split(' ').filter((word) => word !== ''))).toEqual(wishes);
  });
});
