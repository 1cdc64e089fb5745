// `stop-receiver db2`, `start-receiver db2`, `stop-applier db2`, `start-applier db2`, `lock db2`, `unlock db2`, `delay db2 60s`, `repoint db4 db2`: what people do to replicas.
import { changeSource } from '../../../src/sim/server/change-source.ts';
import type { PretendServer } from '../../../src/sim/server/pretend-server.ts';
import { startReplica, stopReplica } from '../../../src/sim/server/replica-commands.ts';
import type { ReplicaSettings } from '../../../src/sim/server/replica-settings.ts';
import { type Command, durationOf, wordAt } from '../support/command.ts';

const RECEIVER = { receiver: true, applier: false };
const APPLIER = { receiver: false, applier: true };
const SESSION = -1;

const onReplicas =
  (work: (server: PretendServer) => void): Command =>
  async (stage, command) => {
    for (const name of [wordAt(command, 0), ...command.words.slice(1)]) work(stage.world.server(name));
    await stage.run.settle();
    return [];
  };

export const stopReceiver = onReplicas((server) => void stopReplica(server, RECEIVER, () => {}));
export const startReceiver = onReplicas((server) => void startReplica(server, RECEIVER));
export const stopApplier = onReplicas((server) => void stopReplica(server, APPLIER, () => {}));
export const startApplier = onReplicas((server) => void startReplica(server, APPLIER));
export const lock = onReplicas((server) => server.running.gate.lockTables(SESSION));
export const unlock = onReplicas((server) => server.running.gate.unlockTables(SESSION));

export const delay: Command = (stage, command) => {
  const server = stage.world.server(wordAt(command, 0));
  const { settings } = server;
  if (settings === null) return [`${server.name} is no replica`];
  server.configure({ ...settings, delaySeconds: durationOf(wordAt(command, 1)) / 1_000 });
  return [];
};

/** Below a binlog server replicas go by file and position. */
const gtidBelow = ({ options }: PretendServer): Partial<ReplicaSettings> =>
  options.isBinlogServer ? { gtid: 'off' } : {};

export const repoint: Command = async (stage, command) => {
  const server = stage.world.server(wordAt(command, 0));
  const source = stage.world.server(wordAt(command, 1));
  const both = { receiver: true, applier: true };
  stopReplica(server, both, () => {});
  changeSource(server, { host: wordAt(command, 1), ...gtidBelow(source) });
  startReplica(server, both);
  await stage.run.settle();
  return [];
};
