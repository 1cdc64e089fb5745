/** What a node says about itself. */
import type { Settings } from '../config/settings.ts';
import type { Leadership } from '../coordination/leadership.ts';
import { unixMillis } from '../model/brand.ts';
import type { NodeIdentity } from '../model/recovery-record.ts';
import type { Clock } from '../ports/clock.ts';
import { SERVICE_NODE } from '../ports/decision-store.ts';
import type { StoreBackend } from '../store/index.ts';
import type { HealthReport, NodeCalls } from './calls.ts';
import type { EventStream } from './event-stream.ts';
import type { Housekeeping } from './housekeeping.ts';

export interface NodeParts {
  readonly backend: StoreBackend;
  readonly leadership: Leadership;
  readonly housekeeping: Housekeeping;
  readonly events: EventStream;
  readonly identity: NodeIdentity;
  readonly settings: () => Settings;
  readonly clock: Clock;
  readonly version: string;
}

/** Nodes seen within this long are shown (spec/high-availability.md 5). */
const AVAILABLE_MILLIS = 2_000;

export function nodeCalls(parts: NodeParts): NodeCalls {
  const { backend, leadership, housekeeping, events, identity, settings, clock, version } = parts;
  return {
    identity,
    version,
    settings,
    isLeader: () => leadership.isLeader(),
    async health(): Promise<HealthReport> {
      const report = { identity, isActiveNode: leadership.isLeader() };
      try {
        await housekeeping.register();
        const activeNode = await backend.activeNode();
        const availableNodes = (await backend.availableNodes(unixMillis(clock.now() - AVAILABLE_MILLIS))).filter(
          (row) => row.extraInfo === SERVICE_NODE,
        );
        const error = housekeeping.healthError;
        return { ...report, healthy: error === null, activeNode, availableNodes, error };
      } catch (error) {
        const text = error instanceof Error ? error.message : String(error);
        return { ...report, healthy: false, activeNode: null, availableNodes: [], error: text };
      }
    },
    audit: (query) => backend.audit(query),
    subscribe: (listener) => events.subscribe(listener),
  };
}
