/**
 * Primaries suspected to be locked: no call of the ports notes any.
 */
import type { StaleCoordinatesStore } from '../../ports/stale-coordinates-store.ts';
import type { MemoryEngine } from './engine.ts';

export const staleCoordinatesStore = (engine: MemoryEngine): StaleCoordinatesStore => ({
  loadStaleCoordinates: () => engine.read(() => []),
});
