// `fail-storage db1 stalled` (or `read-only`), `heal-storage db1`: what becomes of the file system that a server writes to.
import { type Command, wordAt } from '../support/command.ts';

export const failStorage: Command = async (stage, command) => {
  const fault = wordAt(command, 1);
  if (fault !== 'stalled' && fault !== 'read-only') throw new Error(`no such fault of a storage: ${fault}`);
  stage.world.server(wordAt(command, 0)).storage.fail(fault);
  await stage.run.settle();
  return stage.news();
};

export const healStorage: Command = async (stage, command) => {
  stage.world.server(wordAt(command, 0)).storage.heal();
  await stage.run.settle();
  return stage.news();
};
