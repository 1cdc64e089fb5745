/**
 * One command, as its dialect has rendered it, on one connection.
 */
import type { Answer, Rows, ServerWire } from '../ports/server-wire.ts';
import type { ReadThenSend } from './dialect.ts';

export type Rendered = readonly string[] | ReadThenSend;

export interface SendOptions {
  /** The account that we use. */
  readonly account: string;
  /** What is left of the deadline of all. */
  readonly remainingMillis: () => number;
}

const NOTHING_ANSWERED: Answer = { kind: 'complete', results: [] };

/** Stops at the first statement that fails; what the server says to be done already counts as done. */
export async function sendCommand(wire: ServerWire, rendered: Rendered, options: SendOptions): Promise<Answer> {
  if (!('reads' in rendered)) return sendAll(wire, rendered, [], options);
  const read = await wire.ask(rendered.reads, options.remainingMillis());
  if (read.kind === 'failed') return read;
  return sendAll(wire, rendered.sends(read.results[0] ?? [], options.account), rendered.doneAlready, options);
}

/** In one packet, and one more after each statement that had nothing left to do: a server drops what follows an error. */
async function sendAll(
  wire: ServerWire,
  statements: readonly string[],
  doneAlready: readonly number[],
  { remainingMillis }: SendOptions,
): Promise<Answer> {
  const results: Rows[] = [];
  while (results.length < statements.length) {
    const answer = await wire.ask(statements.slice(results.length).join('; '), remainingMillis());
    results.push(...answer.results);
    if (answer.kind === 'complete') return { kind: 'complete', results };
    const { failure } = answer;
    if (failure.kind !== 'server-error' || !doneAlready.includes(failure.number)) return { ...answer, results };
    results.push([]);
  }
  return results.length === 0 ? NOTHING_ANSWERED : { kind: 'complete', results };
}
