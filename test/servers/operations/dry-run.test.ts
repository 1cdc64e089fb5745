// Dry runs on real servers: they send nothing that changes anything, and what is run afterwards is what was shown.

import { describe, expect, it } from 'vitest';
import { orchestratorAccount } from '../../../src/sandbox/accounts.ts';
import type { RunningServer } from '../../../src/sandbox/server.ts';
import { serverFamilies } from '../../../src/sandbox/server-releases.ts';
import { eventually } from '../support/eventually.ts';
import { allIsLogged, GENERAL_LOG, statementsOf } from '../support/general-log.ts';
import { keptStages } from '../support/kept-stages.ts';
import type { OperationBody, OperationFields, OperationWorld } from '../support/operation-world.ts';
import { followsSoon, makeReadOnly } from '../support/servers.ts';
import { withoutGtid } from '../support/without-gtid.ts';

const stages = keptStages();
let stage: OperationWorld;

/** All that changes a server, by the first words of statements. */
const CHANGES =
  /^(change|start|stop|reset|flush|purge|kill|set global|set @@global|insert|update|delete|create|drop|alter|grant|begin|commit|set gtid_next|set @@session\.gtid_next|set session gtid_next)\b/i;

/** Neither blanks nor semicolons nor the case of words tell two statements apart. */
const plain = (statement: string): string => statement.replace(/\s+/g, ' ').replace(/;\s*$/, '').trim();

/** The statements of our account that change something, since so many statements. */
const changesOf = (server: RunningServer, skipped: number): readonly string[] =>
  statementsOf(server, orchestratorAccount.user, skipped)
    .flatMap((statement) => statement.split(/;\s*/))
    .map(plain)
    .filter((statement) => CHANGES.test(statement));

const marks = (): ReadonlyMap<RunningServer, number> =>
  new Map(
    stage.world.fleet.servers.map((server) => [server, statementsOf(server, orchestratorAccount.user).length] as const),
  );

const skippedOf = (before: ReadonlyMap<RunningServer, number>, server: RunningServer): number =>
  before.get(server) ?? 0;

/** Nobody is told anything that changes something. */
async function changesNothing<Value>(work: () => Promise<Value>): Promise<Value> {
  const before = marks();
  const value = await work();
  for (const server of stage.world.fleet.servers) {
    await allIsLogged(server);
    expect(changesOf(server, skippedOf(before, server))).toEqual([]);
  }
  return value;
}

/** What stands in angle brackets, or for a password, may be anything. */
const PLACEHOLDER = /<[^>]*>|…/g;

const asExpression = (text: string): RegExp => {
  const parts = text.split(PLACEHOLDER).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 'i');
};

/** Options of a CHANGE in any order: MySQL logs a statement with a password as it would write it itself. */
const optionsOf = (statement: string): readonly string[] =>
  statement
    .replace(/ FOR CHANNEL .*$/i, '')
    .split(/,? (?=(?:SOURCE|MASTER|GET_SOURCE|GET_MASTER|RELAY)_\w+ ?=)/i)
    .map((option) => option.replace(/ = (\d+)\.0+$/, ' = $1'))
    .filter((option) => !/_PASSWORD/i.test(option))
    .sort();

function isAsShown(shown: string, sent: string): boolean {
  const [wanted, seen] = [optionsOf(shown), optionsOf(sent)];
  return wanted.length === seen.length && wanted.every((option, index) => asExpression(option).test(seen[index] ?? ''));
}

/** Is sent only where it is not level already. */
const MAY_BE_LEFT_OUT = /^START (REPLICA|SLAVE) UNTIL /i;

const STOPS_RECEIVER = /^STOP (REPLICA|SLAVE) IO_THREAD/i;
const STARTS = /^START (REPLICA|SLAVE)(?! UNTIL)/i;

/** D15: a receiver that was stopped in the middle of a transaction is started and stopped once more. */
function withoutRepeats(sent: readonly string[]): readonly string[] {
  const once: string[] = [];
  for (const statement of sent) {
    const isRepeat =
      STOPS_RECEIVER.test(statement) && STARTS.test(once.at(-1) ?? '') && STOPS_RECEIVER.test(once.at(-2) ?? '');
    if (isRepeat) once.splice(-1);
    else once.push(statement);
  }
  return once;
}

/** One line for each statement that is not where the plan has it. */
function differences(shown: readonly string[], sent: readonly string[]): readonly string[] {
  const waiting = [...withoutRepeats(sent)];
  const lines: string[] = [];
  for (const wanted of shown) {
    const [next = ''] = waiting;
    if (next !== '' && isAsShown(wanted, next)) waiting.shift();
    else if (!MAY_BE_LEFT_OUT.test(wanted)) lines.push(`shown: ${wanted} | sent: ${waiting.shift() ?? 'nothing'}`);
  }
  return [...lines, ...waiting.map((statement) => `not shown: ${statement}`)];
}

/** What the plan shows for a server and would change something there, in its order. */
const shownFor = ({ steps = [] }: OperationBody, server: RunningServer): readonly string[] =>
  steps
    .filter((step) => step.server.port === server.port)
    .flatMap(({ statements }) => statements)
    .flatMap((statement) => statement.split(/;\s*/))
    .map(plain)
    .filter((statement) => CHANGES.test(statement));

/** Shows it, sees that nothing happens, does it, and compares server by server. */
async function runsAsShown(fields: OperationFields): Promise<void> {
  const plan = await changesNothing(async () => {
    const shown = await stage.dryRun(fields);
    expect([shown.status, shown.body.message ?? '']).toEqual([200, '']);
    return shown.body;
  });
  const before = marks();
  const answer = await stage.operate(fields);
  expect([answer.status, answer.body.message ?? '']).toEqual([200, '']);
  for (const server of stage.world.fleet.servers) {
    const sent = changesOf(server, skippedOf(before, server));
    expect([fields.kind, server.port, differences(shownFor(plan, server), sent)]).toEqual([
      fields.kind,
      server.port,
      [],
    ]);
  }
}

const open = async (family: (typeof serverFamilies)[number], prepare?: typeof withoutGtid): Promise<void> => {
  stage = await stages.open({
    family,
    extraOptions: GENERAL_LOG,
    ...(prepare === undefined ? {} : { prepare }),
  });
};

describe.each(serverFamilies)('with GTID on %s', (family) => {
  it('O1, O2, O3, O10, O20, O26 to O30, O58 to O61, O64: what is shown changes nothing, and is then done', async () => {
    await open(family);
    const { primary, world } = stage;
    const [one, two, three] = [stage.replica(1), stage.replica(2), stage.replica(3)];
    const key = (server: RunningServer) => world.key(server);
    await runsAsShown({ kind: 'relocate', key: key(three), below: key(one) });
    await followsSoon(three, one);
    await runsAsShown({ kind: 'relocate-replicas', key: key(one), below: key(two) });
    await followsSoon(three, two);
    await runsAsShown({ kind: 'move-up', key: key(three) });
    await followsSoon(three, primary);
    await runsAsShown({ kind: 'move-below-gtid', key: key(three), below: key(two) });
    await followsSoon(three, two);
    await runsAsShown({ kind: 'repoint', key: key(three), below: null });
    await followsSoon(three, two);
    await runsAsShown({ kind: 'take-master', key: key(three) });
    await followsSoon(three, primary);
    await followsSoon(two, three);
    await runsAsShown({ kind: 'make-co-master', key: key(one) });
    await followsSoon(primary, one);
    await runsAsShown({ kind: 'reset-replication', key: key(primary) });
    for (const kind of ['stop-replication', 'start-replication', 'restart-replication', 'stop-replication-nicely']) {
      await runsAsShown({ kind, key: key(one) });
    }
    await runsAsShown({ kind: 'start-replication', key: key(one) });
    await followsSoon(one, primary);
    await runsAsShown({ kind: 'delay-replication', key: key(one), delaySeconds: 60 });
    await runsAsShown({ kind: 'delay-replication', key: key(one), delaySeconds: 0 });
    await runsAsShown({ kind: 'set-read-only', key: key(one), readOnly: false });
    await runsAsShown({ kind: 'set-read-only', key: key(one), readOnly: true });
    await makeReadOnly(one);
    await runsAsShown({ kind: 'flush-binary-logs', key: key(one), count: 3 });
    await runsAsShown({ kind: 'detach-source', key: key(one) });
    await runsAsShown({ kind: 'reattach-source', key: key(one) });
    await followsSoon(one, primary);
    await runsAsShown({ kind: 'move-up', key: key(two) });
    await followsSoon(two, primary);
    await stage.everyRowOnce();
  });

  it('O58: the command line shows the plan, changes nothing, and prints nothing as if it were done', async () => {
    await open(family);
    const { primary, world } = stage;
    const [one, two] = [stage.replica(1), stage.replica(2)];
    const args = ['-i', world.key(two), '-d', world.key(one)];
    await changesNothing(async () => {
      const shown = await stage.command('relocate', '--dry-run', ...args);
      expect(shown.code).toBe(0);
      expect(shown.out).toContain(family === 'mysql' ? 'CHANGE REPLICATION SOURCE TO' : 'CHANGE MASTER TO');
      expect(shown.out).not.toContain('repl_pw');
      expect(shown.out).not.toContain(`${world.key(two)}<${world.key(one)}`);
    });
    await followsSoon(two, primary);
    expect(await stage.command('relocate', ...args)).toMatchObject({
      code: 0,
      out: `${world.key(two)}<${world.key(one)}`,
    });
    await followsSoon(two, one);
    await stage.done('move-up', two);
    await followsSoon(two, primary);
    await stage.everyRowOnce();
  });

  it('O58: a plan that is refused changes nothing either, and says why', async () => {
    await open(family);
    const { world } = stage;
    const [one, two] = [stage.replica(1), stage.replica(2)];
    await stage.done('relocate', two, one);
    await changesNothing(async () => {
      const answer = await stage.dryRun({ kind: 'relocate', key: world.key(one), below: world.key(two) });
      expect(answer).toMatchObject({ status: 409, body: { outcome: 'refused', code: 'descendant' } });
    });
    await stage.everyRowOnce();
  });
});

describe.each(serverFamilies)('by file and position on %s', (family) => {
  it('O23, O24, O25, O26: what is shown changes nothing, and is then done', async () => {
    await open(family, withoutGtid);
    const { primary, world } = stage;
    const [one, two, three] = [stage.replica(1), stage.replica(2), stage.replica(3)];
    const key = (server: RunningServer) => world.key(server);
    await runsAsShown({ kind: 'move-below', key: key(two), below: key(one) });
    await followsSoon(two, one);
    await runsAsShown({ kind: 'move-below', key: key(three), below: key(one) });
    await followsSoon(three, one);
    await runsAsShown({ kind: 'move-up', key: key(three) });
    await followsSoon(three, primary);
    await runsAsShown({ kind: 'move-up-replicas', key: key(one), pattern: '' });
    await followsSoon(two, primary);
    await eventually(async () => (await world.instance(two)).MasterKey.Port).toBe(primary.port);
    await stage.everyRowOnce();
  });
});
