/**
 * Tags of servers, one a server and name.
 */
import { compareKeys, type InstanceKey, sameKey } from '../../model/instance-key.ts';
import { compareTags, type InstanceTag } from '../../model/tag.ts';
import type { TagStore } from '../../ports/decision-store.ts';
import type { MemoryEngine } from './engine.ts';
import { storedKey } from './stored-keys.ts';

interface Selection {
  readonly key?: InstanceKey;
  readonly name?: string;
  readonly value?: string;
}

const isMeant = (tag: InstanceTag, { key, name, value }: Selection): boolean =>
  (key === undefined || sameKey(tag.key, key)) &&
  (name === undefined || tag.name === name) &&
  (value === undefined || tag.value === value);

export const tagStore = (engine: MemoryEngine): TagStore => ({
  putTag: ({ key, name, value }) =>
    engine.write((tables) => {
      const others = tables.tags.filter((tag) => !isMeant(tag, { key, name }));
      tables.tags = [...others, { key: storedKey(key), name, value }];
    }),

  deleteTags: (selection) =>
    engine.write((tables) => {
      const gone = tables.tags.filter((tag) => isMeant(tag, selection));
      tables.tags = tables.tags.filter((tag) => !isMeant(tag, selection));
      return gone.map((tag) => tag.key).sort(compareKeys);
    }),

  loadTags: (selection = {}) =>
    engine.read(({ tags }) => tags.filter((tag) => isMeant(tag, selection)).sort(compareTags)),
});
