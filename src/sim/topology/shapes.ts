/** Who replicates from whom, in the shapes that topologies have. */
import type { ServerOptions } from '../server/server-options.ts';
import type { TopologyMember } from '../world.ts';

/**
 * `star`: all from the first. `chain`: each from the one before. `tree`: two below each. `ring`: a chain of which the first replicates from the last.
 * `co-primaries`: the first two from each other, the others from them by turns.
 */
export type Shape = 'star' | 'chain' | 'tree' | 'ring' | 'co-primaries';

export const SHAPES: readonly Shape[] = ['star', 'chain', 'tree', 'ring', 'co-primaries'];

/** Whom the one of this index replicates from, by index; null: nobody. */
function sourceIndex(shape: Shape, index: number, count: number): number | null {
  switch (shape) {
    case 'star':
      return index === 0 ? null : 0;
    case 'chain':
      return index === 0 ? null : index - 1;
    case 'tree':
      return index === 0 ? null : Math.floor((index - 1) / 2);
    case 'ring':
      return count < 2 ? null : (index + count - 1) % count;
    case 'co-primaries':
      if (index === 0) return count < 2 ? null : 1;
      return index === 1 ? 0 : index % 2;
  }
}

export const membersOf = (servers: readonly ServerOptions[], shape: Shape): readonly TopologyMember[] =>
  servers.map((options, index) => {
    const source = sourceIndex(shape, index, servers.length);
    return { options, source: source === null ? null : (servers[source] ?? null) };
  });
