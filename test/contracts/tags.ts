/** What every backend does about tags. */
import { describe, expect, it } from 'vitest';
import { key, noon } from '../../src/store/temporary-backend.ts';
import { HOSTILE_TEXTS } from './hostile-texts.ts';
import type { NewWorld } from './world.ts';

const tag = (hostname: string, name: string, value = '') => ({ key: key(hostname), name, value });

export function tagsContract(newWorld: NewWorld): void {
  describe('tags', () => {
    it('are one a server and name, the later one counts', async () => {
      const { backend } = await newWorld();
      await backend.putTag(tag('a', 'role', 'backup'), noon());
      await backend.putTag(tag('a', 'role', 'delayed'), noon(1));
      expect(await backend.loadTags()).toEqual([tag('a', 'role', 'delayed')]);
    });

    it('come by host, port and name, of one server or of one name', async () => {
      const { backend } = await newWorld();
      const other = { ...tag('a', 'dc'), key: key('a', 3307) };
      for (const put of [tag('b', 'role'), other, tag('a', 'role', 'x'), tag('a', 'dc', 'ny')]) {
        await backend.putTag(put, noon());
      }
      expect(await backend.loadTags()).toEqual([tag('a', 'dc', 'ny'), tag('a', 'role', 'x'), other, tag('b', 'role')]);
      expect(await backend.loadTags({ key: key('a') })).toEqual([tag('a', 'dc', 'ny'), tag('a', 'role', 'x')]);
      expect(await backend.loadTags({ name: 'role' })).toEqual([tag('a', 'role', 'x'), tag('b', 'role')]);
      expect(await backend.loadTags({ key: key('b'), name: 'dc' })).toEqual([]);
    });

    it('go from one server or from all, of this value or of any, and who had them is told', async () => {
      const { backend } = await newWorld();
      const all = [tag('c', 'role', 'backup'), tag('b', 'role'), tag('a', 'role', 'backup'), tag('a', 'dc', 'backup')];
      for (const put of all) await backend.putTag(put, noon());
      expect(await backend.deleteTags({ name: 'role', key: key('a'), value: 'other' })).toEqual([]);
      expect(await backend.deleteTags({ name: 'role', value: '' })).toEqual([key('b')]);
      expect(await backend.deleteTags({ name: 'role', value: 'backup' })).toEqual([key('a'), key('c')]);
      expect(await backend.deleteTags({ name: 'dc', key: key('a') })).toEqual([key('a')]);
      expect(await backend.loadTags()).toEqual([]);
    });

    it('may have any name and value', async () => {
      const { backend, another } = await newWorld();
      for (const text of HOSTILE_TEXTS) await backend.putTag(tag('a', text, text), noon());
      const read = await (await another()).loadTags();
      expect(read.map(({ name, value }) => [name, value]).sort()).toEqual(
        HOSTILE_TEXTS.map((text) => [text, text]).sort(),
      );
      for (const name of HOSTILE_TEXTS) expect(await backend.deleteTags({ name, value: name })).toEqual([key('a')]);
      expect(await backend.loadTags()).toEqual([]);
    });

    it('outlive the server', async () => {
      const { backend } = await newWorld();
      await backend.seed(key('a'));
      await backend.putTag(tag('a', 'role'), noon());
      expect(await backend.forget(key('a'))).toBe(true);
      expect(await backend.loadTags()).toEqual([tag('a', 'role')]);
    });
  });
}
