/**
 * Servers that an operation makes stand still, times in milliseconds.
 */
import { unixMillis } from '../../model/brand.ts';
import { keyId } from '../../model/instance-key.ts';
import type { StandingStillStore } from '../../ports/standing-still-store.ts';
import type { MemoryEngine } from './engine.ts';
import { nodeId } from './nodes.ts';
import { inKeyOrder } from './rows.ts';
import { storedKey } from './stored-keys.ts';

export const standingStillStore = (engine: MemoryEngine): StandingStillStore => ({
  saveStandingStill: ({ key, receiverRan, applierRan, reason, node, at }) =>
    engine.write(({ standingStill }) => {
      standingStill.set(keyId(key), {
        key: storedKey(key),
        receiverRan,
        applierRan,
        reason,
        node: { hostname: node.hostname, token: node.token },
        at: unixMillis(Math.trunc(at)),
      });
    }),

  deleteStandingStill: (key, node) =>
    engine.write(({ standingStill }) => {
      const row = standingStill.get(keyId(key));
      if (row === undefined || nodeId(row.node) !== nodeId(node)) return false;
      return standingStill.delete(keyId(key));
    }),

  loadStandingStill: () => engine.read(({ standingStill }) => inKeyOrder(standingStill)),
});
