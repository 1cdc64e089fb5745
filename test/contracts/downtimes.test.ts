import { describe, expect, it } from 'vitest';
import { key, noon } from '../../src/store/temporary-backend.ts';
import { backends } from './backends.ts';

const downtime = (hostname: string, endSeconds: number, reason = 'r') => ({
  key: key(hostname),
  owner: 'o',
  reason,
  begin: noon(-0.5),
  end: noon(endSeconds - 0.5),
});

describe.each(backends)('on $name', ({ newWorld }) => {
  describe('downtimes', () => {
    it('are one a server, the later one counts', async () => {
      const { backend } = await newWorld();
      await backend.beginDowntime(downtime('a', 60));
      await backend.beginDowntime(downtime('a', 120, 'longer'));
      expect(await backend.loadDowntimes()).toEqual([downtime('a', 120, 'longer')]);
    });

    it('end once', async () => {
      const { backend } = await newWorld();
      await backend.beginDowntime(downtime('a', 60));
      expect(await backend.endDowntime(key('a', 3307))).toBe(false);
      expect(await backend.endDowntime(key('a'))).toBe(true);
      expect(await backend.endDowntime(key('a'))).toBe(false);
    });

    it('past their end are deleted, the others stay', async () => {
      const { backend } = await newWorld();
      await backend.beginDowntime(downtime('a', 60));
      await backend.beginDowntime(downtime('b', 61));
      expect(await backend.deleteEndedDowntimes(noon(60.5))).toBe(1);
      expect(await backend.loadDowntimes()).toEqual([downtime('b', 61)]);
    });
  });
});
