// `state`: every server as it really is; `state gtids`: with the transactions that it has.
import type { PretendServer } from '../../../src/sim/server/pretend-server.ts';
import { TABLE } from '../../../src/sim/writer.ts';
import type { Command } from '../support/command.ts';
import { ranges } from '../support/ranges.ts';

export const state: Command = ({ world }, { words }) =>
  world.servers.map((server) => describe(server) + (words.includes('gtids') ? `; ${gtidsOf(server)}` : ''));

const gtidsOf = (server: PretendServer): string => server.history.gtids.text('executed').replaceAll('\n', '');

function describe(server: PretendServer): string {
  if (server.options.isBinlogServer) return describeBinlogServer(server);
  const rows = `rows ${ranges([...server.history.rowsOf(TABLE)]) || 'none'}`;
  if (!server.isRunning) return `${server.name}: dead; ${rows}`;
  const { gate, receiver, applier } = server.running;
  const level = gate.level === 'off' ? 'writable' : gate.level;
  const hangs = server.state === 'hangs' ? 'hangs, ' : '';
  if (server.settings === null) return `${server.name}: ${hangs}${level}, no source; ${rows}`;
  const { waiting, partial } = server.relayLog;
  const received = waiting.length === 0 ? '' : `, ${waiting.length} received and not applied`;
  const half = partial === null ? '' : ', half a transaction';
  const { host, delaySeconds } = server.settings;
  const delay = delaySeconds === 0 ? '' : `, delayed by ${delaySeconds} s`;
  const threads = `receiver ${receiver.state}, applier ${applier.state}${errors(receiver.errorNumber, applier.errorNumber)}`;
  return `${server.name}: ${hangs}${level}, below ${host}, ${threads}${delay}${received}${half}; ${rows}`;
}

function describeBinlogServer(server: PretendServer): string {
  const kept = `keeps ${server.history.log.length} transactions of the binary log`;
  if (!server.isRunning) return `${server.name}: binlog server, dead; ${kept}`;
  const { receiver } = server.running;
  const source = server.settings?.host ?? 'nobody';
  return `${server.name}: binlog server, below ${source}, receiver ${receiver.state}${errors(receiver.errorNumber, 0)}; ${kept}`;
}

function errors(receiver: number, applier: number): string {
  const numbers = [receiver, applier].filter((number) => number !== 0);
  return numbers.length === 0 ? '' : ` (error ${numbers.join(', ')})`;
}
