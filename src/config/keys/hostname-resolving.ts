/** Keys of turning the names of servers into the names they are known by (spec 2.8). */
import { implemented } from '../key-declaration.ts';

export const hostnameResolvingKeys = {
  HostnameResolveMethod: implemented('string', 'default', {
    reload: 'dynamic',
    meaning: 'How a name is resolved: default (as it is, remembered), none (as it is), cname or ip.',
  }),
  MySQLHostnameResolveMethod: implemented('string', '@@hostname', {
    reload: 'dynamic',
    meaning: 'What a server calls itself: @@hostname, @@report_host, or none for the name used to connect.',
  }),
  SkipBinlogServerUnresolveCheck: implemented('bool', true, {
    reload: 'dynamic',
    meaning: 'Trust the registered name of a binlog server without checking that it resolves back.',
  }),
  ExpiryHostnameResolvesMinutes: implemented('int', 60, {
    unit: 'minutes',
    reload: 'partly',
    meaning: 'How long resolved names, registered names and cluster domains are remembered.',
  }),
  RejectHostnameResolvePattern: implemented('string', '', {
    reload: 'dynamic',
    patterns: 'pattern',
    meaning: 'Resolved names that match are discarded and the original name is kept.',
  }),
};
