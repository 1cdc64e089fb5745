// `tick 5s`: time passes; prints what happened.
import { type Command, durationOf, wordAt } from '../support/command.ts';

export const tick: Command = async (stage, command) => {
  await stage.run.pass(durationOf(wordAt(command, 0)));
  return stage.news();
};
