/** What every backend does about when errant transactions were first seen. */
import { describe, expect, it } from 'vitest';
import { serverUuid } from '../../src/model/brand.ts';
import type { ErrantSighting } from '../../src/model/errant-sightings.ts';
import { MAX_TRANSACTION_NUMBER } from '../../src/model/gtid-set-text.ts';
import { key, noon } from '../../src/store/temporary-backend.ts';
import type { NewWorld } from './world.ts';

const A = serverUuid('00010111-1111-1111-1111-111111111111');
const B = serverUuid('00010112-2222-2222-2222-222222222222');

const range = (first: number, last: number, change: Partial<ErrantSighting> = {}): ErrantSighting => ({
  uuid: A,
  tag: '',
  first,
  last,
  firstSeen: noon(first),
  ...change,
});

export function errantSightingsContract(newWorld: NewWorld): void {
  describe('sightings of errant transactions', () => {
    it('O33: come back to the millisecond, in order, of one server or of all, also to another process', async () => {
      const { backend, another } = await newWorld();
      const ofA = [range(1, 3), range(10, 10), range(2, 9, { tag: 'blue' }), range(1, 1, { uuid: B })];
      await backend.replaceErrantSightings(key('a'), ofA.toReversed());
      await backend.replaceErrantSightings(key('b'), [range(1, MAX_TRANSACTION_NUMBER)]);
      const successor = await another();
      const told = ofA.map((sighting) => ({ key: key('a'), ...sighting }));
      expect(await successor.loadErrantSightings(key('a'))).toEqual(told);
      expect(await successor.loadErrantSightings()).toEqual([
        ...told,
        { key: key('b'), ...range(1, MAX_TRANSACTION_NUMBER) },
      ]);
      expect(await successor.loadErrantSightings(key('a', 3307))).toEqual([]);
    });

    it('O33: of a server are replaced together; without any, nothing is left', async () => {
      const { backend } = await newWorld();
      await backend.replaceErrantSightings(key('a'), [range(1, 3), range(10, 10)]);
      await backend.replaceErrantSightings(key('b'), [range(1, 3)]);
      await backend.replaceErrantSightings(key('a'), [range(1, 10)]);
      expect(await backend.loadErrantSightings(key('a'))).toEqual([{ key: key('a'), ...range(1, 10) }]);
      await backend.replaceErrantSightings(key('a'), []);
      expect((await backend.loadErrantSightings()).map((found) => found.key)).toEqual([key('b')]);
    });

    it('are kept however many there are', async () => {
      const { backend } = await newWorld();
      const many = Array.from({ length: 1_000 }, (_, n) => range(2 * n + 1, 2 * n + 1));
      await backend.replaceErrantSightings(key('a'), many);
      expect(await backend.loadErrantSightings(key('a'))).toHaveLength(1_000);
    });

    it('go with the server that is forgotten', async () => {
      const { backend } = await newWorld();
      await backend.seed(key('a'));
      await backend.replaceErrantSightings(key('a'), [range(1, 3)]);
      await backend.replaceErrantSightings(key('b'), [range(1, 3)]);
      await backend.forget(key('a'));
      expect((await backend.loadErrantSightings()).map((found) => found.key)).toEqual([key('b')]);
    });
  });
}
