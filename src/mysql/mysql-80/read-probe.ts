/** Rows of the probe to facts, MySQL from 8.0.22 to 8.3: the replication status has the columns of dialect C already (spec/discovery.md 9.4). */
import { readProbeIn } from '../oracle/read-probe.ts';

export const readProbe = readProbeIn({ replica: 'Replica', source: 'Source' });
