// `make-read-only db1`, `make-writable db1`: what a person sets by hand.
import type { ReadOnlyLevel } from '../../../src/sim/server/write-gate.ts';
import { type Command, wordAt } from '../support/command.ts';

const setting =
  (level: ReadOnlyLevel): Command =>
  async (stage, command) => {
    stage.world.server(wordAt(command, 0)).running.gate.set(level, 0, () => {});
    await stage.run.settle();
    return stage.news();
  };

export const makeReadOnly = setting('read-only');
export const makeWritable = setting('off');
