/**
 * One command, as its dialect has rendered it, on one connection.
 */
import type { ServerFailure } from '../model/server-failure.ts';
import type { Answer, Rows, ServerWire } from '../ports/server-wire.ts';
import type { Healing, ReadThenSend } from './dialect.ts';

export type Rendered = readonly string[] | ReadThenSend;

export interface SendOptions {
  /** The account that we use. */
  readonly account: string;
  /** What is left of the deadline of all. */
  readonly remainingMillis: () => number;
  /** Error numbers that mean that there is nothing left to do, whatever the statement. */
  readonly doneAlready?: readonly number[];
  /** A binlog server takes no more. */
  readonly onePerPacket?: boolean;
}

const NOTHING_ANSWERED: Answer = { kind: 'complete', results: [] };

/** Stops at the first statement that fails; what the server says to be done already counts as done. */
export async function sendCommand(wire: ServerWire, rendered: Rendered, options: SendOptions): Promise<Answer> {
  if (!('reads' in rendered)) return sendAll(wire, rendered, options.doneAlready ?? [], options);
  const read = await wire.ask(rendered.reads, options.remainingMillis());
  if (read.kind === 'failed') return read;
  return sendAll(wire, rendered.sends(read.results[0] ?? [], options.account), rendered.doneAlready, options);
}

export interface HealOptions extends SendOptions {
  /** What to try when the server refuses with that number. */
  readonly healing: (errorNumber: number) => Healing | null;
  /** Hears of a refusal that is being remedied. */
  readonly onHealing: (refusal: ServerFailure) => void;
}

/** As `sendCommand`, and once more after the remedy where there is one. */
export async function sendOrHeal(wire: ServerWire, rendered: Rendered, options: HealOptions): Promise<Answer> {
  const answer = await sendCommand(wire, rendered, options);
  if (answer.kind === 'complete' || answer.failure.kind !== 'server-error') return answer;
  const healing = options.healing(answer.failure.number);
  if (healing === null) return answer;
  options.onHealing(answer.failure);
  for (const statement of healing.statements) {
    const tried = await wire.ask(statement, options.remainingMillis());
    // A refusal is passed over: not all of it is needed in every case.
    if (tried.kind === 'failed' && tried.failure.kind !== 'server-error') return tried;
  }
  return sendAll(wire, healing.again, [], options);
}

/** In one packet, and one more after each statement that had nothing left to do: a server drops what follows an error. */
async function sendAll(
  wire: ServerWire,
  statements: readonly string[],
  doneAlready: readonly number[],
  { remainingMillis, onePerPacket = false }: SendOptions,
): Promise<Answer> {
  const results: Rows[] = [];
  let begin = 0;
  while (begin < statements.length) {
    const end = onePerPacket ? begin + 1 : statements.length;
    const answer = await wire.ask(statements.slice(begin, end).join('; '), remainingMillis());
    results.push(...answer.results);
    begin = end;
    if (answer.kind === 'complete') continue;
    const { failure } = answer;
    if (failure.kind !== 'server-error' || !doneAlready.includes(failure.number)) return { ...answer, results };
    results.push([]);
    begin = results.length;
  }
  return results.length === 0 ? NOTHING_ANSWERED : { kind: 'complete', results };
}
