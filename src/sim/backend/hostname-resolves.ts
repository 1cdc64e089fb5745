/**
 * What host names resolved to.
 */
import type { ObservationStore } from '../../ports/observation-store.ts';
import type { MemoryEngine } from './engine.ts';

type ResolveStore = Pick<ObservationStore, 'loadHostnameResolves' | 'saveHostnameResolve'>;

export const hostnameResolveStore = (engine: MemoryEngine): ResolveStore => ({
  loadHostnameResolves: () => engine.read(({ hostnameResolves }) => new Map(hostnameResolves)),

  saveHostnameResolve: (hostname, resolved) =>
    engine.write(({ hostnameResolves }) => {
      hostnameResolves.set(hostname, resolved);
    }),
});
