// What people order: `force`, `force db2` (a failover whatever the health of the primary; `order-force`: not waiting for its end), `take-over db2` (nobody named: to whoever is best; `order-take-over db2`: not waiting for its end), `recover db1`, `recover db1 to=db3`, `downtime db1`, `maintain db1`, `prefer db2 must_not`, `disable-recoveries`,
// `enable-recoveries`, `acknowledge`.
import { seconds } from '../../../src/model/brand.ts';
import { instanceKeyText } from '../../../src/model/instance-key.ts';
import type { ExecutedRecovery, Outcome } from '../../../src/service/calls.ts';
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

const ordered = ({ node: { calls } }: Stage, to: string | undefined) => {
  const clusterName = calls.writablePrimaries()[0]?.instance.clusterName ?? calls.clusters()[0]?.clusterName;
  if (clusterName === undefined) throw new Error('there is no cluster');
  return calls.gracefulTakeover({ clusterName, designated: to === undefined ? null : keyOf(to), auto: true });
};

const takenOver = ({ record }: ExecutedRecovery): string =>
  record.successorKey === null ? 'nobody' : `taken over by ${instanceKeyText(record.successorKey)}`;

export const takeOver: Command = (stage, { words: [to] }) => answered(stage, ordered(stage, to), takenOver);

/** As `take-over`, without waiting for its end; its answer is told in the transcript. */
export const orderTakeOver: Command = async (stage, { words: [to] }) => {
  const { transcript } = stage.world;
  void ordered(stage, to).then((outcome) => {
    transcript.say(outcome.kind === 'ok' ? takenOver(outcome.value) : `refused: ${outcome.refusal.message}`);
  });
  stage.run.touch();
  await stage.run.settle();
  return stage.news();
};

const forced = ({ node: { calls } }: Stage, to: string | undefined) => {
  const clusterName = calls.clusters()[0]?.clusterName;
  if (clusterName === undefined) throw new Error('there is no cluster');
  return calls.forceFailover({ clusterName, designated: to === undefined ? null : keyOf(to) });
};

export const force: Command = (stage, { words: [to] }) => answered(stage, forced(stage, to), takenOver);

/** As `force`, without waiting for its end; its answer is told in the transcript. */
export const orderForce: Command = async (stage, { words: [to] }) => {
  const { transcript } = stage.world;
  void forced(stage, to).then((outcome) => {
    transcript.say(outcome.kind === 'ok' ? takenOver(outcome.value) : `refused: ${outcome.refusal.message}`);
  });
  stage.run.touch();
  await stage.run.settle();
  return stage.news();
};

export const recover: Command = (stage, command) => {
  const to = command.options.get('to');
  const options = { candidate: to === undefined ? null : keyOf(to), skipProcesses: false };
  return answered(stage, stage.node.calls.recover(keyOf(wordAt(command, 0)), options), (successor) => {
    return `promoted ${instanceKeyText(successor)}`;
  });
};

export const downtime: Command = (stage, command) =>
  answered(
    stage,
    stage.node.calls.beginDowntime(keyOf(wordAt(command, 0)), 'dba', 'by hand', seconds(3_600)),
    ({ key }) => `${instanceKeyText(key)} is downtimed`,
  );

export const maintain: Command = (stage, command) =>
  answered(
    stage,
    stage.node.calls.beginMaintenance(keyOf(wordAt(command, 0)), 'dba', 'new disks', seconds(3_600)),
    ({ key }) => `${instanceKeyText(key)} is under maintenance`,
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
