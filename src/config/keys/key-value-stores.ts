/** Keys of telling key-value stores who the primaries are (spec 2.15). */
import { accepted } from '../key-declaration.ts';

export const keyValueStoresKeys = {
  KVClusterMasterPrefix: accepted('string', 'mysql/master', {
    reload: 'dynamic',
    meaning: 'Path under which the primary of each cluster is written.',
  }),
  ConsulAddress: accepted('string', '', {
    reload: 'start',
    meaning: 'Address host:port of the Consul HTTP API; empty means no Consul.',
  }),
  ConsulScheme: accepted('string', 'http', { reload: 'start', meaning: 'Scheme of the Consul API: http or https.' }),
  ConsulAclToken: accepted('string', '', { reload: 'start', secret: true, meaning: 'Token presented to Consul.' }),
  ConsulCrossDataCenterDistribution: accepted('bool', false, {
    reload: 'dynamic',
    meaning: 'Keep the entries up to date in every data centre Consul knows.',
  }),
  ConsulKVStoreProvider: accepted('string', 'consul', {
    reload: 'start',
    meaning: 'consul-txn writes the entries of a cluster in one transaction; anything else writes them singly.',
  }),
  ConsulMaxKVsPerTransaction: accepted('int', 5, {
    unit: 'entries, 5 to 64',
    reload: 'dynamic',
    meaning: 'Most entries in one Consul transaction when distributing to other data centres.',
  }),
  ZkAddress: accepted('string', '', {
    reload: 'start',
    meaning: 'ZooKeeper servers, host or host:port, separated by commas; empty means none.',
  }),
};
