// `cut db1 db2` (both ways; `one-way` as a third word), `heal` (all), `heal db1 db2`.
import { type Command, wordAt } from '../support/command.ts';

export const cut: Command = ({ world: { network } }, command) => {
  const [from, to] = [wordAt(command, 0), wordAt(command, 1)];
  network.cut(from, to);
  if (!command.words.includes('one-way')) network.cut(to, from);
  return [];
};

export const heal: Command = ({ world: { network } }, { words: [from, to] }) => {
  if (from === undefined || to === undefined) network.healAll();
  else {
    network.heal(from, to);
    network.heal(to, from);
  }
  return [];
};
