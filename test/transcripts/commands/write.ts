// `write db1 rows=3` (`large`: in two pieces; `and-go`: without waiting): a client writes rows and waits for a second. `answers`: what clients heard
// later. `errant db2` (`row=7`: that one): a row of its own on any server.
import { TABLE } from '../../../src/sim/writer.ts';
import { type Command, wordAt } from '../support/command.ts';
import { ranges } from '../support/ranges.ts';
import type { Stage } from '../support/stage.ts';

const PATIENCE_MILLIS = 1_000;

export const write: Command = async (stage, command) => {
  const server = stage.world.server(wordAt(command, 0));
  if (!server.isRunning) return [`${server.name} is dead`];
  const written: number[] = [];
  for (let count = Number(command.options.get('rows') ?? '1'); count > 0; count--) {
    const row = stage.nextRow++;
    written.push(row);
    stage.waiting.add(row);
    const onKilled = (): void => answer(stage, row, 'connection lost');
    const client = server.connect({ user: 'app', host: 'app', onKilled });
    client.write({ kind: 'rows', table: TABLE, rows: [row] }, command.words.includes('large'), (result) => {
      answer(stage, row, result.kind === 'committed' ? 'committed' : `refused: ${result.reason}`);
      client.close();
    });
  }
  if (command.words.includes('and-go')) return [`row${written.length > 1 ? 's' : ''} ${ranges(written)}: sent`];
  await stage.run.pass(PATIENCE_MILLIS);
  return heard(stage, written);
};

export const answers: Command = (stage) => {
  const lines = heard(stage, [...stage.answers.keys(), ...stage.waiting]);
  return lines.length === 0 ? ['nothing'] : lines;
};

export const errant: Command = (stage, command) => {
  const server = stage.world.server(wordAt(command, 0));
  const wished = command.options.get('row');
  const row = wished === undefined ? stage.nextRow++ : Number(wished);
  server.writeLocally({ kind: 'rows', table: TABLE, rows: [row] });
  return [`row ${row}: on ${server.name} alone`];
};

function answer(stage: Stage, row: number, text: string): void {
  stage.waiting.delete(row);
  stage.answers.set(row, text);
}

/** By what was answered; each answer is told once. */
function heard(stage: Stage, rows: readonly number[]): readonly string[] {
  const byAnswer = new Map<string, number[]>();
  for (const row of rows) {
    const text = stage.answers.get(row) ?? 'no answer';
    stage.answers.delete(row);
    byAnswer.set(text, [...(byAnswer.get(text) ?? []), row]);
  }
  return [...byAnswer].map(([text, some]) => `row${some.length > 1 ? 's' : ''} ${ranges(some)}: ${text}`);
}
