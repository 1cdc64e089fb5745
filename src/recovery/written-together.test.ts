import { describe, expect, it } from 'vitest';
import { WrittenTogether } from './written-together.ts';

/** Writes end when they are told to. */
function aStore() {
  const batches: string[] = [];
  const ends: ((error?: Error) => void)[] = [];
  const lines = new WrittenTogether<string>((batch) => {
    batches.push(batch.join(' '));
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    ends.push((error) => (error === undefined ? resolve() : reject(error)));
    return promise;
  });
  /** Lets everything happen that needs no end of a write. */
  const settle = async () => {
    for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
  };
  return { lines, batches, end: (index: number, error?: Error) => ends[index]?.(error), settle };
}

describe('lines written together', () => {
  it('are those of one moment', async () => {
    const { lines, batches, end, settle } = aStore();
    const added = Promise.all(['a', 'b', 'c'].map((line) => lines.add(line)));
    await settle();
    expect(batches).toEqual(['a b c']);
    end(0);
    await added;
  });

  it('are those that came while others were being written, in their order', async () => {
    const { lines, batches, end, settle } = aStore();
    const first = lines.add('a');
    await settle();
    const others = Promise.all(['b', 'c'].map((line) => lines.add(line)));
    await settle();
    expect(batches).toEqual(['a']);
    end(0);
    await first;
    await settle();
    expect(batches).toEqual(['a', 'b c']);
    end(1);
    await others;
  });

  it('fail together, and later ones are tried', async () => {
    const { lines, batches, end, settle } = aStore();
    const failed = Promise.allSettled(['a', 'b'].map((line) => lines.add(line)));
    await settle();
    end(0, new Error('the disk is full'));
    expect((await failed).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    const later = lines.add('c');
    await settle();
    expect(batches).toEqual(['a b', 'c']);
    end(1);
    await later;
  });

  it('are waited for until nothing is left to write', async () => {
    const { lines, end, settle } = aStore();
    let isIdle = false;
    void lines.add('a').catch(() => {});
    void lines.isIdle().then(() => {
      isIdle = true;
    });
    await settle();
    void lines.add('b');
    end(0, new Error('no'));
    await settle();
    expect(isIdle).toBe(false);
    end(1);
    await settle();
    expect(isIdle).toBe(true);
  });
});
