// What people order: `take-over db2` (nobody named: to whoever is best), `recover db1`, `downtime db1`, `prefer db2 must_not`, `disable-recoveries`,
// `enable-recoveries`, `acknowledge`.
import { seconds } from '../../../src/model/brand.ts';
import { instanceKeyText } from '../../../src/model/instance-key.ts';
import type { Outcome } from '../../../src/service/calls.ts';
import { type Command, wordAt } from '../support/command.ts';
import type { Stage } from '../support/stage.ts';

const PATIENCE_MILLIS = 90_000;
const LOOK_MILLIS = 10;

const keyOf = (host: string) => ({ hostname: host, port: 3306 });

/** Lets time pass until it is answered. */
async function answered<Value>(
  stage: Stage,
  asked: Promise<Outcome<Value>>,
  text: (value: Value) => string,
): Promise<readonly string[]> {
  let line: string | null = null;
  void asked.then((outcome) => {
    line = outcome.kind === 'ok' ? text(outcome.value) : `refused: ${outcome.refusal.message}`;
  });
  stage.run.touch();
  await stage.run.settle();
  for (let waited = 0; line === null && waited < PATIENCE_MILLIS; waited += LOOK_MILLIS)
    await stage.run.pass(LOOK_MILLIS);
  return [...stage.news(), line ?? 'no answer'];
}

export const takeOver: Command = (stage, { words: [to] }) => {
  const { calls } = stage.node;
  const clusterName = calls.writablePrimaries()[0]?.instance.clusterName ?? calls.clusters()[0]?.clusterName;
  if (clusterName === undefined) return ['there is no cluster'];
  const designated = to === undefined ? null : keyOf(to);
  const asked = calls.gracefulTakeover({ clusterName, designated, auto: true });
  return answered(stage, asked, ({ record }) =>
    record.successorKey === null ? 'nobody' : `taken over by ${instanceKeyText(record.successorKey)}`,
  );
};

export const recover: Command = (stage, command) =>
  answered(
    stage,
    stage.node.calls.recover(keyOf(wordAt(command, 0)), { candidate: null, skipProcesses: false }),
    (successor) => `promoted ${instanceKeyText(successor)}`,
  );

export const downtime: Command = (stage, command) =>
  answered(
    stage,
    stage.node.calls.beginDowntime(keyOf(wordAt(command, 0)), 'dba', 'by hand', seconds(3_600)),
    ({ key }) => `${instanceKeyText(key)} is downtimed`,
  );

export const prefer: Command = (stage, command) =>
  answered(
    stage,
    stage.node.calls.registerCandidate(keyOf(wordAt(command, 0)), wordAt(command, 1)),
    (key) => `${instanceKeyText(key)}: ${wordAt(command, 1)}`,
  );

export const disableRecoveries: Command = (stage) =>
  answered(stage, stage.node.calls.setRecoveriesDisabled(true), () => 'disabled');

export const enableRecoveries: Command = (stage) =>
  answered(stage, stage.node.calls.setRecoveriesDisabled(false), () => 'enabled');

export const acknowledge: Command = (stage) =>
  answered(stage, stage.node.calls.acknowledge({ kind: 'all' }, 'dba', 'seen'), (count) => `${count} acknowledged`);
