/** What MariaDB says that its threads do (knowledge base, "Thread States"; seen on 10.11). */
import type { ApplierActivity } from '../../server/relay-log-reader.ts';
import type { ThreadWords } from '../process-list.ts';
import { type ReplicaView, replicaView } from '../replica-view.ts';

const RECEIVER_STATES: Readonly<Record<ReplicaView['receiver'], string>> = {
  stopped: '',
  connecting: 'Connecting to master',
  reconnecting: 'Reconnecting after a failed master event read',
  connected: 'Waiting for master to send event',
  writing: 'Queueing master event to the relay log',
};

const APPLIER_STATES: Readonly<Record<ApplierActivity, string>> = {
  stopped: '',
  'waits-for-more': 'Slave has read all relay log; waiting for more updates',
  delays: 'Waiting until MASTER_DELAY seconds after master executed event',
  applies: 'Reading event from the relay log',
  'waits-for-lock': 'Waiting for table metadata lock',
  stops: 'Waiting for table metadata lock',
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
  dumpCommand: 'Binlog Dump',
  plainDumpCommand: 'Binlog Dump',
  dumpState: 'Master has sent all binlog to slave; waiting for more updates',
  receiverCommand: 'Slave_IO',
  applierCommand: 'Slave_SQL',
  queryState: 'Filling schema table',
  receiverState: ofView(receiverState),
  applierState: ofView(applierState),
};
