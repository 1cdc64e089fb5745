/**
 * What host names resolved to (`hostname_resolve` and its history).
 */
import type { ObservationStore } from '../../ports/observation-store.ts';
import type { Engine } from '../engine.ts';
import { timestampText } from '../timestamp.ts';

type ResolveStore = Pick<ObservationStore, 'loadHostnameResolves' | 'saveHostnameResolve'>;

export function hostnameResolveStore(engine: Engine): ResolveStore {
  const { db } = engine;
  return {
    async loadHostnameResolves() {
      const rows = await db.selectFrom('hostname_resolve').select(['hostname', 'resolved_hostname']).execute();
      return new Map(rows.map((row) => [row.hostname, row.resolved_hostname]));
    },

    saveHostnameResolve: (hostname, resolved, at) =>
      db.transaction().execute(async (transaction) => {
        const row = { hostname, resolved_hostname: resolved, resolved_timestamp: timestampText(at) };
        await engine.upsert(transaction, 'hostname_resolve', row);
        if (hostname !== resolved) await engine.upsert(transaction, 'hostname_resolve_history', row);
      }),
  };
}
