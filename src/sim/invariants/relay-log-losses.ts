/**
 * Invariant 13: no command makes a server forget what it has received, unless somebody else still has it (the first law).
 */
import { gtidText, type Transaction } from '../transaction.ts';
import type { World } from '../world.ts';
import type { Violation } from './violation.ts';

export class RelayLogLosses {
  readonly violations: Violation[] = [];
  /** Transactions that were dropped on command. */
  readonly dropped: Transaction[] = [];

  constructor(world: World) {
    world.observe({
      relayLogDropped: (server, { reason, lost }) => {
        // Whoever restarts fetches it anew, if there is anybody to fetch it from.
        if (reason === 'restart') return;
        this.dropped.push(...lost);
        const others = world.servers.filter((other) => other !== server);
        const gone = lost.filter(
          ({ gtid }) => !server.history.hasLogged(gtid) && !others.some((other) => other.history.hasLogged(gtid)),
        );
        if (gone.length === 0) return;
        const gtids = gone.map(({ gtid }) => gtidText(gtid)).join(' ');
        const at = world.queue.now.toFixed(1);
        const text = `${server.name} was made to forget ${gtids} at ${at} ms (${reason}), which nobody else has executed`;
        this.violations.push({ invariant: 13, text });
      },
    });
  }
}
