/** Rows of the probe to facts, MySQL 8.4 and 9.x (spec/discovery.md 9.4, columns of dialect C). */
import { readProbeIn } from '../oracle/read-probe.ts';

export const readProbe = readProbeIn({ replica: 'Replica', source: 'Source' });
