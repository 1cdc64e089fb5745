// `state`: every server as it really is.
import type { PretendServer } from '../../../src/sim/server/pretend-server.ts';
import { TABLE } from '../../../src/sim/writer.ts';
import type { Command } from '../support/command.ts';

export const state: Command = ({ world }) => world.servers.map(describe);

function describe(server: PretendServer): string {
  const rows = `rows ${ranges([...server.history.rowsOf(TABLE)]) || 'none'}`;
  if (!server.isRunning) return `${server.name}: dead; ${rows}`;
  const { gate, receiver, applier } = server.running;
  const level = gate.level === 'off' ? 'writable' : gate.level;
  const hangs = server.state === 'hangs' ? 'hangs, ' : '';
  if (server.settings === null) return `${server.name}: ${hangs}${level}, no source; ${rows}`;
  const { waiting, partial } = server.relayLog;
  const received = waiting.length === 0 ? '' : `, ${waiting.length} received and not applied`;
  const half = partial === null ? '' : ', half a transaction';
  return `${server.name}: ${hangs}${level}, below ${server.settings.host}, receiver ${receiver.state}, applier ${applier.state}${received}${half}; ${rows}`;
}

/** 1,2,3,5 → `1-3,5`. */
function ranges(numbers: readonly number[]): string {
  const pieces: [number, number][] = [];
  for (const number of numbers.toSorted((one, other) => one - other)) {
    const last = pieces.at(-1);
    if (last !== undefined && last[1] === number - 1) last[1] = number;
    else pieces.push([number, number]);
  }
  return pieces.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(',');
}
