/**
 * Attributes of hosts, one value a host and name.
 */
import { compareHosts } from '../../model/host-attribute.ts';
import type { HostAttributeStore } from '../../ports/decision-store.ts';
import type { MemoryEngine } from './engine.ts';
import { readTime, storedTime } from './timestamp.ts';

export const hostAttributeStore = (engine: MemoryEngine): HostAttributeStore => ({
  setHostAttribute: ({ hostname, name, value }, at) =>
    engine.write((tables) => {
      const others = tables.hostAttributes.filter((row) => row.hostname !== hostname || row.name !== name);
      tables.hostAttributes = [...others, { hostname, name, value, submitted: storedTime(at), expires: null }];
    }),

  loadHostAttributes: (name) =>
    engine.read(({ hostAttributes }) =>
      hostAttributes
        .filter((row) => row.name === name)
        .map((row) => ({ ...row, submitted: readTime(row.submitted), expires: readTime(row.expires) }))
        .sort(compareHosts),
    ),
});
