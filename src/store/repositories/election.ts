/**
 * Which of the nodes on one backend is the active one (`active_node`, one row; spec/high-availability.md 4).
 */
import { unixMillis } from '../../model/brand.ts';
import type { NodeStore } from '../../ports/decision-store.ts';
import type { Engine } from '../engine.ts';
import { parseTimestamp, timestampText } from '../timestamp.ts';

const TABLE = 'active_node';
const ANCHOR = 1;
/** The row that deployment puts there: nobody is active yet, nobody need be waited for. */
const NOBODY = '';

type ElectionStore = Pick<NodeStore, 'attemptElection' | 'grabElection' | 'activeNode'>;

export function electionStore(engine: Engine): ElectionStore {
  const { db } = engine;
  return {
    attemptElection: (identity, now, expiredBefore) =>
      engine.transaction(async (transaction) => {
        const text = timestampText(now);
        const mine = { hostname: identity.hostname, token: identity.token };
        const claim = { ...mine, first_seen_active: text, last_seen_active: text };
        await transaction
          .updateTable(TABLE)
          .set(claim)
          .where('anchor', '=', ANCHOR)
          .where(({ or, eb }) =>
            or([eb('last_seen_active', '<', timestampText(expiredBefore)), eb('hostname', '=', NOBODY)]),
          )
          .execute();
        await transaction
          .updateTable(TABLE)
          .set({ last_seen_active: text })
          .where('anchor', '=', ANCHOR)
          .where('hostname', '=', identity.hostname)
          .where('token', '=', identity.token)
          .execute();
        // The row tells, not the counts: a renewal within the same second changes nothing on MySQL (trap 3.2.4).
        const winner = await transaction
          .selectFrom(TABLE)
          .select(['hostname', 'token'])
          .where('anchor', '=', ANCHOR)
          .executeTakeFirst();
        // Last, since it is there nearly always: where it is, an attempt to insert takes a lock that all nodes hold at once and none can turn
        // into one to write with.
        if (winner === undefined) return engine.insertIfAbsent(transaction, TABLE, { anchor: ANCHOR, ...claim });
        return winner.hostname === identity.hostname && winner.token === identity.token;
      }),

    async grabElection(identity, now) {
      const text = timestampText(now);
      await engine.upsert(db, TABLE, {
        anchor: ANCHOR,
        hostname: identity.hostname,
        token: identity.token,
        first_seen_active: text,
        last_seen_active: text,
      });
    },

    async activeNode() {
      const row = await db.selectFrom(TABLE).selectAll().where('anchor', '=', ANCHOR).executeTakeFirst();
      if (row === undefined || row.hostname === NOBODY) return null;
      return {
        identity: { hostname: row.hostname, token: row.token },
        firstSeenActive: parseTimestamp(row.first_seen_active) ?? unixMillis(0),
        lastSeenActive: parseTimestamp(row.last_seen_active) ?? unixMillis(0),
        extraInfo: '',
        command: '',
        appVersion: '',
        dbBackend: '',
      };
    },
  };
}
