// `write db1 rows=3` (`large`: in two pieces): a client writes rows and waits for a second. `errant db2`: a row of its own on any server.
import { TABLE } from '../../../src/sim/writer.ts';
import { type Command, wordAt } from '../support/command.ts';

const PATIENCE_MILLIS = 1_000;

export const write: Command = async (stage, command) => {
  const server = stage.world.server(wordAt(command, 0));
  const results = new Map<number, string>();
  for (let count = Number(command.options.get('rows') ?? '1'); count > 0; count--) {
    const row = stage.nextRow++;
    results.set(row, 'no answer');
    server.write({ kind: 'rows', table: TABLE, rows: [row] }, 'client', command.words.includes('large'), (result) =>
      results.set(row, result.kind === 'committed' ? 'committed' : `refused: ${result.reason}`),
    );
  }
  if (!command.words.includes('and-go')) await stage.run.pass(PATIENCE_MILLIS);
  return [...results].map(([row, result]) => `row ${row}: ${result}`);
};

export const errant: Command = (stage, command) => {
  const server = stage.world.server(wordAt(command, 0));
  const row = stage.nextRow++;
  server.writeLocally({ kind: 'rows', table: TABLE, rows: [row] });
  return [`row ${row}: on ${server.name} alone`];
};
