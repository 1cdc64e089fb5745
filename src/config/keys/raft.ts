/** Keys of running several nodes that agree through raft (spec 2.16). */
import { accepted } from '../key-declaration.ts';

export const raftKeys = {
  RaftEnabled: accepted('bool', false, {
    reload: 'start',
    meaning: 'Run as one of several nodes, each with its own backend, of which only the leader acts.',
  }),
  RaftBind: accepted('string', '127.0.0.1:10008', {
    reload: 'start',
    meaning: 'Address, host or host:port, on which this node listens to the other nodes.',
  }),
  RaftAdvertise: accepted('string', '', {
    reload: 'start',
    meaning: 'Address under which the other nodes reach this one; empty takes RaftBind.',
  }),
  RaftDataDir: accepted('string', '', { reload: 'start', meaning: 'Directory for the raft log and its snapshots.' }),
  DefaultRaftPort: accepted('int', 10008, {
    reload: 'start',
    meaning: 'Port assumed for a raft address without one; 0 adds nothing.',
  }),
  RaftNodes: accepted('string[]', [], {
    reload: 'start',
    meaning: 'All nodes, host or host:port, normally with this one; empty means a single node.',
  }),
};
