// The node dies right before and right after each line that it writes to the journal of a failover and of a switchover, and is started again two seconds
// later: every invariant holds, wherever it was cut.

import { describe, expect, it } from 'vitest';
import type { Fault, PlannedFault } from '../../src/sim/faults.ts';
import { simulate } from './support/simulate.ts';

const INCIDENT_MILLIS = 9_000;

const RESTART_MILLIS = 2_000;

/** A journal of the pretended cluster is shorter; a run that comes here means that the node has no end. */
const MOST_LINES = 80;

const DEATH: Fault = { kind: 'kill', server: 'db1', restartAfterMillis: null };

const incidents: Readonly<Record<string, { readonly incident: Fault; readonly withGtids: boolean }>> = {
  failover: { incident: DEATH, withGtids: true },
  'failover by place': { incident: DEATH, withGtids: false },
  switchover: { incident: { kind: 'take-over', to: 'db2' }, withGtids: true },
  'switchover by place': { incident: { kind: 'take-over', to: 'db2' }, withGtids: false },
};

const SOON_OVER = { faultsEndMillis: 18_000, settleMillis: 15_000 };

/** Of a MySQL and of a MariaDB cluster with four or five servers. */
const SEEDS = { mysql: 9, mariadb: 4 } as const;

describe.each(['mysql', 'mariadb'] as const)('%s', (family) => {
  describe.each(Object.entries(incidents))('K12, M: %s', (_, { incident, withGtids }) => {
    it.each(['before', 'after'] as const)('the leader dies %s each journaled line', async (when) => {
      const found: string[] = [];
      let line = 1;
      for (let isOver = false; !isOver; line++) {
        expect(line).toBeLessThan(MOST_LINES);
        const death: Fault = { kind: 'kill-node-at-line', line, when, restartAfterMillis: RESTART_MILLIS };
        const faults: readonly PlannedFault[] = [
          { at: INCIDENT_MILLIS - 1, fault: death },
          { at: INCIDENT_MILLIS, fault: incident },
        ];
        const {
          transcript,
          violations,
          family: was,
        } = await simulate({ seed: SEEDS[family], profile: 'node', withGtids, faults, ...SOON_OVER });
        expect(was).toBe(family);
        for (const { invariant, text } of violations) found.push(`line ${line}: invariant ${invariant}: ${text}`);
        isOver = !transcript.some((text) => text.includes('orc1 is killed'));
      }
      expect(found).toEqual([]);
      // The journal was cut at more than its first and last line.
      expect(line).toBeGreaterThan(5);
    });
  });
});
