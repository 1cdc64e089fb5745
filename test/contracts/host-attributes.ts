/** What every backend does about host attributes. */
import { describe, expect, it } from 'vitest';
import { noon } from '../../src/store/temporary-backend.ts';
import type { NewWorld } from './world.ts';

export function hostAttributesContract(newWorld: NewWorld): void {
  describe('attributes of hosts', () => {
    it('are one a host and name, the later one counts', async () => {
      const { backend } = await newWorld();
      await backend.setHostAttribute({ hostname: 'b', name: 'rack', value: 'r1' }, noon(-0.5));
      await backend.setHostAttribute({ hostname: 'a', name: 'rack', value: 'r1' }, noon(-0.5));
      await backend.setHostAttribute({ hostname: 'a', name: 'rack', value: 'r2' }, noon(0.5));
      await backend.setHostAttribute({ hostname: 'a', name: 'power', value: 'p' }, noon());
      expect(await backend.loadHostAttributes('rack')).toEqual([
        { hostname: 'a', name: 'rack', value: 'r2', submitted: noon(0.5), expires: null },
        { hostname: 'b', name: 'rack', value: 'r1', submitted: noon(-0.5), expires: null },
      ]);
      expect(await backend.loadHostAttributes('none')).toEqual([]);
    });
  });
}
