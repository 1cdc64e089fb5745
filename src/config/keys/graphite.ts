/** Keys of exporting metrics to Graphite (spec 2.18). */
import { accepted } from '../key-declaration.ts';

export const graphiteKeys = {
  GraphiteAddr: accepted('string', '', {
    reload: 'start',
    meaning: 'Address host:port of a Graphite line receiver; empty means no export.',
  }),
  GraphitePath: accepted('string', '', {
    reload: 'start',
    meaning: 'Prefix of exported metric names; {hostname} stands for the name of this host.',
  }),
  GraphiteConvertHostnameDotsToUnderscores: accepted('bool', true, {
    reload: 'start',
    meaning: 'Write that host name with underscores for its dots.',
  }),
  GraphitePollSeconds: accepted('int', 60, {
    unit: 'seconds',
    reload: 'start',
    meaning: 'Time between two exports; 0 or less means no export.',
  }),
};
