// `variables event_scheduler sync_binlog`: what each server that runs has by these names.
import { type Command, wordAt } from '../support/command.ts';

export const variables: Command = async (stage, command) => {
  wordAt(command, 0);
  const lines: string[] = [];
  for (const { name } of stage.world.servers.filter(({ isRunning }) => isRunning)) {
    const values: string[] = [];
    for (const variable of command.words) values.push(`${variable} ${await stage.globalVariable(name, variable)}`);
    lines.push(`${name}: ${values.join(', ')}`);
  }
  return lines;
};
