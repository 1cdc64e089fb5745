// `kill db1`, `start db1`, `power-off db1`, `hang db1`, `resume db1`: what becomes of a server's process.

import type { PretendServer } from '../../../src/sim/server/pretend-server.ts';
import { type Command, wordAt } from '../support/command.ts';

const onServers =
  (work: (server: PretendServer) => void): Command =>
  async (stage, command) => {
    for (const name of [wordAt(command, 0), ...command.words.slice(1)]) work(stage.world.server(name));
    await stage.run.settle();
    return stage.news();
  };

export const kill = onServers((server) => server.kill());
export const start = onServers((server) => server.start());
export const powerOff = onServers((server) => server.powerOff());
export const hang = onServers((server) => server.hang());
export const resume = onServers((server) => server.resume());
