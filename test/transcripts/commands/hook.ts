// `hook check-proxy exit=1 takes=3s`: how hooks whose text begins with that word end from now on.
import { type Command, durationOf, wordAt } from '../support/command.ts';

export const hook: Command = ({ hooks }, command) => {
  const exitStatus = Number(command.options.get('exit') ?? '0');
  const takesMillis = durationOf(command.options.get('takes') ?? '0ms');
  hooks.set(wordAt(command, 0), { exitStatus, takesMillis });
  return [];
};
