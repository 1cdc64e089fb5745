import { expect, it } from 'vitest';
import { WriteThrough } from './write-through.ts';

/** A backend with one value, and what is read of it: as it was when the reading began. */
function aWorld() {
  const writing = new WriteThrough();
  let stored = 'before';
  let reads = 0;
  const read = (meanwhile: () => Promise<void>) =>
    writing.read(async () => {
      const found = stored;
      reads++;
      await meanwhile();
      return found;
    });
  const write = (value: string) =>
    writing.write(async () => {
      await Promise.resolve();
      stored = value;
    });
  return { read, write, reads: () => reads };
}

it('what was read while nobody wrote counts', async () => {
  const { read, reads } = aWorld();
  expect([await read(async () => {}), reads()]).toEqual(['before', 1]);
});

it('what was read before a write that has ended meanwhile is read again', async () => {
  const { read, write, reads } = aWorld();
  expect(await read(async () => (reads() === 1 ? write('after') : undefined))).toBe('after');
});

it('nor does what was read while a write is under way count', async () => {
  const { read, write, reads } = aWorld();
  let writing: Promise<void> = Promise.resolve();
  const found = await read(async () => {
    if (reads() === 1) writing = write('after');
  });
  await writing;
  expect(found).toBe('after');
});

it('where somebody writes all the time nothing is read: memory knows of all of that', async () => {
  const { read, write } = aWorld();
  expect(await read(() => write('after'))).toBeNull();
});

it('a write that fails is told, and is no write under way any more', async () => {
  const writing = new WriteThrough();
  await expect(writing.write(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await writing.read(async () => 'read')).toBe('read');
});
