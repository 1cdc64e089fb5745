/**
 * Tags as people put, remove and look for them (spec/topology-operations.md 3.11 O72).
 */
import { compareKeys } from '../model/instance-key.ts';
import { selectByTags, type TagSelector, tagText, unstorableTag } from '../model/tag.ts';
import type { TagStore } from '../ports/decision-store.ts';
import { audit } from './audit.ts';
import { ok, refused, type TagCalls } from './calls.ts';
import type { ChangeParts } from './change-calls.ts';

const NO_NEGATION = 'Untag: does not support negation';
const TOO_MUCH = 'Untag: either indicate an instance or a tag value. Will not delete on-valued tag across instances';

export function tagCalls(parts: ChangeParts): TagCalls {
  const { backend, ports } = parts;
  return {
    tags: (key) => backend.loadTags({ key }),
    async tagged(selector) {
      return selectByTags(selector, await backend.loadTags(concerned(selector)));
    },
    async tag(key, tag) {
      const reason = unstorableTag(tag);
      if (reason !== null) return refused('unstorable-tag', reason);
      const value = tag.value ?? '';
      await backend.putTag({ key, name: tag.name, value }, ports.clock.now());
      return ok(key);
    },
    async untag(tag, key) {
      if (tag.isNegated) return refused('negated-tag', NO_NEGATION);
      if (key === null && tag.value === null) return refused('no-tag-value', TOO_MUCH);
      const removedFrom = await backend.deleteTags({
        name: tag.name,
        ...(tag.value === null ? {} : { value: tag.value }),
        ...(key === null ? {} : { key }),
      });
      if (removedFrom.length > 0) await audit(parts, 'delete-instance-tag', key, tagText(tag));
      return ok([...removedFrom].sort(compareKeys));
    },
  };
}

/** The rows that decide: a single name is found by its index. Absence is seen only in what else a server has. */
function concerned(selector: TagSelector): NonNullable<Parameters<TagStore['loadTags']>[0]> {
  const [first, ...more] = selector;
  const isAboutOne = first !== undefined && more.length === 0 && !(first.isNegated && first.value === null);
  return isAboutOne ? { name: first.name } : {};
}
