/** How far a server is that is being provisioned anew: what was begun, what is said of it, and what the server itself tells. */
import type { CloneReading } from '../model/clone-run.ts';
import { type InstanceKey, instanceKeyText, sameKey } from '../model/instance-key.ts';
import type { ReprovisionRecord } from '../model/reprovision-record.ts';
import { ok, type ReprovisionCalls, type ReprovisionStatus, refused } from './calls.ts';

export interface ReprovisionCallsParts {
  readonly progressOf: (key: InstanceKey) => string | null;
  readonly records: () => Promise<readonly ReprovisionRecord[]>;
  readonly readClone: (key: InstanceKey) => Promise<CloneReading>;
  readonly isKnown: (key: InstanceKey) => boolean;
}

export const reprovisionCalls = (parts: ReprovisionCallsParts): ReprovisionCalls => ({
  async reprovisionStatus(key) {
    if (!parts.isKnown(key)) return refused('not-found', `Instance not found: ${instanceKeyText(key)}`);
    const [records, reading] = await Promise.all([parts.records(), parts.readClone(key)]);
    const record = records.find((one) => sameKey(one.key, key)) ?? null;
    return ok({ key, record, progress: parts.progressOf(key), ...told(reading) });
  },
});

function told(reading: CloneReading): Pick<ReprovisionStatus, 'clone' | 'untold'> {
  switch (reading.kind) {
    case 'failed':
      return { clone: null, untold: reading.failure.text };
    case 'without':
      return { clone: null, untold: 'it has no CLONE plugin' };
    case 'read': {
      const { last, isTold, plugin } = reading.facts;
      if (last !== null || isTold) return { clone: last, untold: '' };
      const why =
        plugin === 'active' ? 'our account may not read performance_schema.clone_status' : 'it has no CLONE plugin';
      return { clone: null, untold: why };
    }
  }
}
