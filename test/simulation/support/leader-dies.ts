// The node dies right before and right after each line that it writes to the journal of a failover, a switchover or a repair, and is started again two seconds
// later: every invariant holds, wherever it was cut.

import { describe, expect, it } from 'vitest';
import type { JournalPhase } from '../../../src/ports/decision-store.ts';
import type { Fault, PlannedFault } from '../../../src/sim/faults.ts';
import type { Family } from '../../../src/sim/server/server-options.ts';
import { simulate } from './simulate.ts';

const INCIDENT_MILLIS = 9_000;

const RESTART_MILLIS = 2_000;

/** Right after such a line something is about to be done; right before any other something was done, and nobody knows yet. */
const BEGINNINGS: ReadonlySet<JournalPhase> = new Set<JournalPhase>(['intended', 'undoing']);

const dies = (server: string): Fault => ({ kind: 'kill', server, restartAfterMillis: null });
const takesOver: Fault = { kind: 'take-over', to: 'db2' };
const goesBelow = (server: string, below: string): Fault => ({ kind: 'operate', operation: 'relocate', server, below });

interface Incident {
  readonly fault: Fault;
  /** What is done before, in order; each has ended before the next. */
  readonly before?: readonly Fault[];
  readonly withGtids?: false;
  readonly profile?: 'intermediate';
  /** Absent: both. */
  readonly family?: Family;
}

const incidents: Readonly<Record<string, Incident>> = {
  failover: { fault: dies('db1') },
  'failover by place': { fault: dies('db1'), withGtids: false },
  'forced failover of a living primary': { fault: { kind: 'force', to: 'db2' } },
  'failover of a co-primary': {
    fault: dies('db1'),
    before: [{ kind: 'operate', operation: 'make-co-master', server: 'db2', below: 'db1' }],
  },
  switchover: { fault: takesOver },
  'switchover by place': { fault: takesOver, withGtids: false },
  'failover with somebody in between': { fault: dies('db1'), before: [goesBelow('db3', 'db2')], family: 'mysql' },
  'repair of an intermediate primary': {
    fault: dies('db2'),
    before: [goesBelow('db3', 'db2'), goesBelow('db4', 'db2')],
    profile: 'intermediate',
    family: 'mariadb',
  },
};

const FIRST_MOVE_MILLIS = 4_000;
const BETWEEN_MOVES_MILLIS = 1_000;

/** Most of a run's cost are the writes of its client, of which a hundred a second are enough to be in the middle of one. */
const SOON_OVER = { faultsEndMillis: 18_000, settleMillis: 9_000, writeIntervalMillis: 10 };

/** Of a MySQL and of a MariaDB cluster with four or five servers. */
const SEEDS: Readonly<Record<Family, number>> = { mysql: 9, mariadb: 4 };

/** Each family in a file of its own, so that they run beside each other. */
export function leaderDies(family: Family): void {
  const own = Object.entries(incidents).filter(([, incident]) => (incident.family ?? family) === family);
  describe.each(own)('K12, M: %s', (_, incident) => {
    const run = (faults: readonly PlannedFault[]) => {
      const { fault, before = [], withGtids = true, profile = 'node' } = incident;
      const moves = before.map((move, index) => ({
        at: FIRST_MOVE_MILLIS + index * BETWEEN_MOVES_MILLIS,
        fault: move,
      }));
      const all = [...moves, ...faults, { at: INCIDENT_MILLIS, fault }];
      return simulate({ seed: SEEDS[family], profile, withGtids, faults: all, ...SOON_OVER });
    };

    it('the leader dies around everything that it does', async () => {
      const uncut = await run([]);
      expect([uncut.family, uncut.violations]).toEqual([family, []]);
      expect(uncut.journaled.length).toBeGreaterThan(5);
      const found: string[] = [];
      for (const [index, phase] of uncut.journaled.entries()) {
        const when = BEGINNINGS.has(phase) ? 'after' : 'before';
        const death: Fault = { kind: 'kill-node-at-line', line: index + 1, when, restartAfterMillis: RESTART_MILLIS };
        const { transcript, violations } = await run([{ at: INCIDENT_MILLIS - 1, fault: death }]);
        if (!transcript.some((text) => text.includes('orc1 is killed'))) found.push(`line ${index + 1}: nobody died`);
        for (const { invariant, text } of violations) {
          found.push(`${when} line ${index + 1}: invariant ${invariant}: ${text}`);
        }
      }
      expect(found).toEqual([]);
    });
  });
}
