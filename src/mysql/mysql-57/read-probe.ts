/** Rows of the probe to facts, MySQL 5.6, 5.7 and 8.0 up to 8.0.21 (spec/discovery.md 9.4, columns of dialects A and B). */
import { readProbeIn } from '../oracle/read-probe.ts';

export const readProbe = readProbeIn({ replica: 'Slave', source: 'Master' });
