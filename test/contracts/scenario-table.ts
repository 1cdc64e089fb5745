/**
 * The scenario table of spec/failure-detection.md section 13 through the command line: a backend filled by SQL, as the reference's own integration tests
 * fill it, and what `-c replication-analysis` prints. Beside it stands the same table on values: `src/analysis/scenario-table.test.ts`.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { createLog } from '../../src/cli/log.ts';
import { processSurroundings } from '../../src/cli/process-surroundings.ts';
import { runProgram } from '../../src/cli/program.ts';
import type { NewSqlWorld, SqlWorld } from './world.ts';

interface ScenarioCase {
  readonly name: string;
  readonly statements: readonly string[];
  readonly prints: readonly string[];
}

const fixture = (name: string): string =>
  readFileSync(fileURLToPath(new URL(`../fixtures/scenario-table/${name}`, import.meta.url)), 'utf8');

/** Without comments; each ends a line. */
const statementsOf = (text: string): string[] =>
  text
    .replaceAll(/^--.*\n/gm, '')
    .split(/;\n/)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '');

const SERVERS = statementsOf(fixture('servers.sql'));

/** `22293 DeadMaster` as the command prints it; a whole line as it is. */
function printed(line: string): string {
  if (line.startsWith('testhost:')) return line;
  const [port, ...words] = line.split(' ');
  return `testhost:${port} (cluster testhost:22293): ${words.join(' ')}`;
}

function caseOf(text: string): ScenarioCase {
  const [name = ''] = text.split('\n', 1);
  const prints = [...text.matchAll(/^-- prints: (.*)$/gm)].map(([, line = '']) => printed(line));
  return { name, prints, statements: statementsOf(text.slice(name.length + 1)) };
}

const casesIn = (name: string): readonly ScenarioCase[] =>
  fixture(name)
    .split(/^-- case: /m)
    .slice(1)
    .map(caseOf);

const CASES = casesIn('cases.sql');
const BY_HAND = casesIn('by-hand.sql');

const DOWN = "last_seen = '2017-02-02 08:28:57'";

/** How the fixture says that a server is down, and another way of saying so (spec/backend-schema.md 4). */
const WAYS_TO_BE_DOWN = [
  { seen: 'last seen before the last check', down: DOWN },
  { seen: 'never seen', down: 'last_seen = null' },
];

/** Settings of the table; names are not to be looked up. */
const SETTINGS = {
  InstancePollSeconds: 5,
  ReasonableReplicationLagSeconds: 10,
  ReduceReplicationAnalysisCount: true,
  HostnameResolveMethod: 'none',
  MySQLHostnameResolveMethod: 'none',
};

async function fill({ byHand }: SqlWorld, { statements }: ScenarioCase, down = DOWN): Promise<void> {
  for (const statement of [...SERVERS, ...statements]) await byHand.exec(statement.replaceAll(DOWN, down));
}

/** The program in this process, as `bin/orchestrator` runs it. */
async function analysisOn(world: SqlWorld): Promise<{ status: number; out: string; err: string }> {
  const configuration = JSON.stringify({ ...SETTINGS, ...world.configuration });
  const told = { out: '', err: '' };
  const surroundings = {
    ...processSurroundings(),
    env: {},
    readFile: () => ({ kind: 'read' as const, bytes: new TextEncoder().encode(configuration) }),
    writeOut: (text: string) => {
      told.out += text;
    },
    writeError: (text: string) => {
      told.err += text;
    },
    onSignal: () => {},
  };
  const log = createLog({ write: surroundings.writeError, now: surroundings.now });
  const status = await runProgram(['--config=scenario.json', '-c', 'replication-analysis'], log, surroundings);
  return { status, ...told };
}

export function scenarioTable(newWorld: NewSqlWorld): void {
  it('the scenario table is all there', () => {
    expect(CASES).toHaveLength(33);
  });

  describe.each(WAYS_TO_BE_DOWN)('scenario table by command, unreachable servers $seen:', ({ down }) => {
    it.each([...CASES, ...BY_HAND])('$name', async (scenario) => {
      const world = await newWorld();
      await fill(world, scenario, down);
      const out = scenario.prints.map((line) => `${line}\n`).join('');
      expect(await analysisOn(world)).toEqual({ status: 0, out, err: '' });
    });
  });
}
