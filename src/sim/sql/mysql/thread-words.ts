/** What MySQL says that its threads do (manual 10.14, "Examining Server Thread Information"; seen on 9.7). */
import type { ApplierActivity } from '../../server/relay-log-reader.ts';
import type { ThreadWords } from '../process-list.ts';
import { type ReplicaView, replicaView } from '../replica-view.ts';

const RECEIVER_STATES: Readonly<Record<ReplicaView['receiver'], string>> = {
  stopped: '',
  connecting: 'Connecting to source',
  reconnecting: 'Reconnecting after a failed source event read',
  connected: 'Waiting for source to send event',
  writing: 'Queueing source event to the relay log',
};

const READ_ALL = 'Replica has read all relay log; waiting for more updates';

const APPLIER_STATES: Readonly<Record<ApplierActivity, string>> = {
  stopped: '',
  'waits-for-more': READ_ALL,
  delays: 'Waiting until SOURCE_DELAY seconds after source executed event',
  // Of the coordinator; its workers wait.
  applies: READ_ALL,
  'waits-for-lock': READ_ALL,
  stops: 'Waiting for workers to exit',
};

export const receiverState = ({ receiver }: ReplicaView): string => RECEIVER_STATES[receiver];
export const applierState = ({ applier }: ReplicaView): string => APPLIER_STATES[applier];

const ofView =
  (state: (view: ReplicaView) => string): ThreadWords['receiverState'] =>
  ({ server }) => {
    const view = replicaView(server);
    return view === null ? '' : state(view);
  };

export const THREAD_WORDS: ThreadWords = {
  dumpCommand: 'Binlog Dump GTID',
  plainDumpCommand: 'Binlog Dump',
  dumpState: 'Source has sent all binlog to replica; waiting for more updates',
  receiverCommand: 'Connect',
  applierCommand: 'Query',
  queryState: 'executing',
  receiverState: ofView(receiverState),
  applierState: ofView(applierState),
};
