// The product's own dialects at a pretended server: its probes, read as it reads them, and its commands, rendered as it renders them.

import type { ServerCommand } from '../../../src/model/server-command.ts';
import { parseServerVersion } from '../../../src/model/server-version.ts';
import type { Dialect, ProbeFacts } from '../../../src/mysql/dialect.ts';
import { wantedVariables } from '../../../src/mysql/dialect-for-version.ts';
import { mariadb } from '../../../src/mysql/mariadb/mariadb.ts';
import { mysql84 } from '../../../src/mysql/mysql-84/mysql-84.ts';
import { COMMAND_SESSION_SQL } from '../../../src/mysql/sql-text.ts';
import type { Rows } from '../../../src/ports/server-wire.ts';
import type { Family } from '../../../src/sim/server/server-options.ts';
import { keyOf, rowsOf, type TestClient, type TestWorld, toldOf } from '../../../src/sim/testing.ts';

export const FAMILIES: readonly Family[] = ['mysql', 'mariadb'];

export const dialectOf = (family: Family): Dialect => (family === 'mysql' ? mysql84 : mariadb);

/** As `ServerLink` packs it. */
const packetOf = (statements: readonly { readonly sql: string }[]): string =>
  statements.map(({ sql }) => sql).join('\n;\n');

/** The rows of each section of a probe. Throws when one is refused. */
export function probeRows(world: TestWorld, name: string): ReadonlyMap<string, Rows> {
  const client = world.client(name);
  const dialect = dialectOf(world.server(name).options.family);
  const names = wantedVariables().map((wanted) => `'${wanted}'`);
  const greeting = client.rows(`SHOW GLOBAL VARIABLES WHERE Variable_name IN (${names.join(', ')})`);
  const values = new Map(greeting.map((row) => [String(row['Variable_name']), String(row['Value'])]));
  const sections = dialect.probeSections(new Set(values.keys()), parseServerVersion(values.get('version') ?? ''));
  const outcomes = client.ask(packetOf(sections));
  client.session.close();
  return new Map(
    sections.map((section, index) => {
      const outcome = outcomes[index];
      if (outcome?.kind !== 'rows') throw new Error(`${section.name}: ${JSON.stringify(toldOf(outcome))}`);
      return [section.name, rowsOf(outcome)];
    }),
  );
}

export function probe(world: TestWorld, name: string): ProbeFacts {
  return dialectOf(world.server(name).options.family).readProbe(keyOf(name), probeRows(world, name));
}

/** A connection for commands, prepared as the product prepares it. */
export function commandClient(world: TestWorld, name: string): TestClient {
  const client = world.client(name);
  client.ask(COMMAND_SESSION_SQL);
  return client;
}

export function packetOfCommand(world: TestWorld, name: string, command: ServerCommand): string {
  const statements = dialectOf(world.server(name).options.family).render(command);
  if ('cannot' in statements) throw new Error(statements.cannot);
  if (!('reads' in statements)) return statements.join('; ');
  const account = 'orc';
  return statements.sends(world.client(name, account).rows(statements.reads), account).join('; ');
}

/** What the last statement of a command came to. */
export function execute(world: TestWorld, name: string, command: ServerCommand, patienceMillis?: number) {
  const packet = packetOfCommand(world, name, command);
  // Of one that reads first and finds that there is nothing to do.
  return packet === '' ? 'ok' : commandClient(world, name).tell(packet, patienceMillis);
}

/** A table with rows, on everybody. */
export function writeNumbers(world: TestWorld, rows: readonly number[], name = 'db1'): void {
  const client = world.client(name, 'app');
  client.ask('CREATE TABLE IF NOT EXISTS demo.numbers (n INT PRIMARY KEY)');
  for (const row of rows) {
    const told = client.tell(`INSERT INTO demo.numbers VALUES (${row})`);
    if (told !== 'ok') throw new Error(String(told));
  }
  client.session.close();
}
