/**
 * Servers that are being provisioned anew, times in milliseconds.
 */
import { unixMillis } from '../../model/brand.ts';
import { keyId } from '../../model/instance-key.ts';
import type { ReprovisionStore } from '../../ports/reprovision-store.ts';
import type { MemoryEngine } from './engine.ts';
import { inKeyOrder } from './rows.ts';
import { storedKey } from './stored-keys.ts';

export const reprovisionStore = (engine: MemoryEngine): ReprovisionStore => ({
  saveReprovision: ({ key, donor, primary, node, at, ...record }) =>
    engine.write(({ reprovisions }) => {
      reprovisions.set(keyId(key), {
        key: storedKey(key),
        donor: storedKey(donor),
        primary: storedKey(primary),
        method: record.method,
        discarded: record.discarded,
        formerClone: record.formerClone,
        delaySeconds: record.delaySeconds,
        superReadOnly: record.superReadOnly,
        phase: record.phase,
        node: { hostname: node.hostname, token: node.token },
        at: unixMillis(Math.trunc(at)),
      });
    }),

  deleteReprovision: (key) => engine.write(({ reprovisions }) => reprovisions.delete(keyId(key))),

  loadReprovisions: () => engine.read(({ reprovisions }) => inKeyOrder(reprovisions)),
});
