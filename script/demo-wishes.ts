// What the command line of the demo asks for.

import type { ServerFamily } from '../src/sandbox/server-releases.ts';

export interface DemoWishes {
  /** Null: none was named. */
  readonly family: ServerFamily | null;
  readonly once: boolean;
  /** How many pretended servers; null: real ones. */
  readonly fleet: number | null;
}

/** Null: it asks for something that there is not. */
export function readDemoWishes(words: readonly string[]): DemoWishes | null {
  let wishes: DemoWishes = { family: null, once: false, fleet: null };
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? '';
    if (word === '--mysql' || word === '--mariadb')
      wishes = { ...wishes, family: word === '--mysql' ? 'mysql' : 'mariadb' };
    else if (word === '--once') wishes = { ...wishes, once: true };
    else if (word === '--fleet') {
      index += 1;
      const servers = Number(words[index]);
      if (!Number.isSafeInteger(servers) || servers < 1) return null;
      wishes = { ...wishes, fleet: servers };
    } else return null;
  }
  return wishes;
}
