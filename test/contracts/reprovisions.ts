/** What every backend does about servers that are being provisioned anew. */
import { describe, expect, it } from 'vitest';
import { unixMillis } from '../../src/model/brand.ts';
import type { ReprovisionRecord } from '../../src/model/reprovision-record.ts';
import { key, node, noon } from '../../src/store/temporary-backend.ts';
import { HOSTILE_TEXTS } from './hostile-texts.ts';
import type { NewWorld } from './world.ts';

const record = (hostname: string, change: Partial<ReprovisionRecord> = {}): ReprovisionRecord => ({
  key: key(hostname),
  donor: key('donor'),
  primary: key('primary', 3307),
  method: 'clone',
  discarded: '00000001-aaaa-bbbb-cccc-dddddddddddd:1-7',
  formerClone: '2026-03-01 08:30:00.123',
  delaySeconds: 0,
  superReadOnly: true,
  phase: 'begun',
  node: node('t1'),
  at: unixMillis(noon() + 123),
  ...change,
});

export function reprovisionContract(newWorld: NewWorld): void {
  describe('servers that are provisioned anew', () => {
    it('come back as they were written, to the millisecond, by host and port, also to another process', async () => {
      const { backend, another } = await newWorld();
      const written = [
        record('a'),
        record('a', { key: key('a', 3307), method: 'hooks', discarded: '', formerClone: '' }),
        record('b', { phase: 'provisioned', node: node('t2') }),
      ];
      for (const row of written.toReversed()) await backend.saveReprovision(row);
      expect(await (await another()).loadReprovisions()).toEqual(written);
    });

    it('have one row each: a later one overrides all of it', async () => {
      const { backend } = await newWorld();
      await backend.saveReprovision(record('a'));
      await backend.saveReprovision(record('b'));
      const later = record('a', {
        donor: key('other', 3308),
        primary: key('new'),
        method: 'hooks',
        discarded: '0-1-7',
        formerClone: '',
        delaySeconds: 3_600,
        superReadOnly: false,
        phase: 'provisioned',
        node: { hostname: 'orc2', token: 't2' },
        at: noon(60),
      });
      await backend.saveReprovision(later);
      expect(await backend.loadReprovisions()).toEqual([later, record('b')]);
    });

    it('are deleted by whoever sees them joined, and the other ones stay', async () => {
      const { backend, another } = await newWorld();
      for (const row of [record('a'), record('b')]) await backend.saveReprovision(row);
      expect(await (await another()).deleteReprovision(key('a'))).toBe(true);
      expect(await backend.deleteReprovision(key('a'))).toBe(false);
      expect(await backend.deleteReprovision(key('b', 3307))).toBe(false);
      expect(await backend.loadReprovisions()).toEqual([record('b')]);
    });

    it('keep what was discarded, whatever is in it', async () => {
      const { backend } = await newWorld();
      for (const discarded of ['', ...HOSTILE_TEXTS]) {
        await backend.saveReprovision(record('a', { discarded }));
        expect(await backend.loadReprovisions()).toEqual([record('a', { discarded })]);
      }
    });

    it('go with the server that is forgotten', async () => {
      const { backend } = await newWorld();
      await backend.seed(key('a'));
      await backend.saveReprovision(record('a'));
      await backend.saveReprovision(record('b'));
      await backend.forget(key('a'));
      expect(await backend.loadReprovisions()).toEqual([record('b')]);
    });
  });
}
