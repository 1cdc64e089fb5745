/**
 * An explanation for people, in the order in which they ask: what is seen, what is thought of it, what would be done, what if, and what was.
 */
import { proofText } from '../analysis/acting-proof.ts';
import type { Instance } from '../model/instance.ts';
import { type InstanceKey, instanceKeyText } from '../model/instance-key.ts';
import { isSourceSilent } from '../model/source-silence.ts';
import type { Gate } from '../recovery/gates.ts';
import type {
  ExplainedConclusion,
  ExplainedDetection,
  ExplainedFailover,
  Explanation,
  ObservedServer,
} from '../service/explanation.ts';

const MILLIS_PER_SECOND = 1_000;

export function explanationLines(explanation: Explanation): readonly string[] {
  const { clusterName, clusterAlias, observer, leads, otherNodes, servers, conclusions, ifPrimaryDied } = explanation;
  const problems = conclusions.filter(
    ({ code, structureWarnings }) => code !== 'NoProblem' || structureWarnings.length > 0,
  );
  const name = clusterAlias === clusterName ? clusterName : `${clusterAlias} (${clusterName})`;
  return [
    `${name}, as ${observer.hostname} sees it${leads ? '' : ', which does not lead'}`,
    ...otherNodes.map(({ node, failure }) => nodeText(node, failure)),
    '',
    'Seen:',
    ...servers.flatMap((server) => [`    ${observedText(server)}`, ...elsewhereLines(server)]),
    '',
    'Concluded:',
    ...(problems.length === 0 ? ['    nothing is wrong'] : problems.flatMap(conclusionLines)),
    '',
    ...(ifPrimaryDied === null ? ['There is no single primary.'] : failoverLines(ifPrimaryDied)),
    ...pastLines(explanation),
  ];
}

const nodeText = (node: string, failure: string): string =>
  failure === '' ? `${node} was asked too` : `${node} does not tell what it sees: ${failure}`;

/** Where all nodes see the same, and it is well, there is nothing to tell. */
function elsewhereLines({ answers, seenElsewhere }: ObservedServer): readonly string[] {
  if (answers && seenElsewhere.every((seen) => seen.answers)) return [];
  return seenElsewhere.map(({ node, answers: theyAreAnswered, ageMillis, failure }) => {
    const age = ageMillis === null ? 'never' : `${secondsText(ageMillis)} ago`;
    const why = failure === '' ? '' : `; ${failure}`;
    return `        ${node}: ${theyAreAnswered ? `it answers (${age})` : `it does not answer (last seen ${age}${why})`}`;
  });
}

function observedText({ instance, isPrimary, answers, failure, ageMillis, isSeenHere }: ObservedServer): string {
  const age =
    ageMillis === null ? 'never' : `${secondsText(ageMillis)} ago${isSeenHere ? '' : ', as the backend has it'}`;
  const clauses = [
    answers ? `answers (${age})` : `does not answer (last seen ${age}${failure === '' ? '' : `; ${failure}`})`,
    instance.readOnly ? 'read-only' : 'writable',
    ...(instance.sourceKey === null ? [] : [receiverText(instance, instance.sourceKey), applierText(instance)]),
  ];
  return `${instanceKeyText(instance.key)}${isPrimary ? ' [primary]' : ''}: ${clauses.join('; ')}`;
}

function receiverText(instance: Instance, source: InstanceKey): string {
  const { receiverState, evidence, lastIoError } = instance;
  const from = instanceKeyText(source);
  const error = lastIoError === '' ? '' : ` (${lastIoError})`;
  if (receiverState === 'stopped') return `its receiver is stopped, from ${from}${error}`;
  if (receiverState !== 'running') return `its receiver cannot connect to ${from}${error}`;
  const silent = evidence?.silentMillis ?? null;
  if (silent === null) return `its receiver is connected to ${from}`;
  const heard = `${secondsText(silent)} ago, with a heartbeat every ${secondsText(evidence?.heartbeatPeriodMillis ?? 0)}`;
  return `its receiver is connected to ${from} and ${isSourceSilent(instance) ? 'hears nothing: last' : 'heard it'} ${heard}`;
}

function applierText({ applierState, replicationLagSeconds, lastSqlError }: Instance): string {
  const error = lastSqlError === '' ? '' : ` (${lastSqlError})`;
  if (applierState !== 'running') return `its applier is stopped${error}`;
  return replicationLagSeconds === null ? 'its lag is not known' : `lag ${replicationLagSeconds} s`;
}

function conclusionLines({ key, code, because, line, structureWarnings, proof, gates }: ExplainedConclusion): string[] {
  const server = instanceKeyText(key);
  const warnings = structureWarnings.length === 0 ? [] : [`    ${server}: ${structureWarnings.join(', ')}`];
  if (code === 'NoProblem') return warnings;
  const which = typeof line !== 'number' ? '' : ` (line ${line})`;
  return [
    `    ${server}: ${code}${which}: ${because}`,
    ...(gates.length === 0
      ? ['        nothing is done about it']
      : [
          ...(proof === null ? [] : [`        proof: ${proofText(proof)}`]),
          ...gateLines(gates, 'it is recovered: nothing holds it back'),
        ]),
    ...warnings,
  ];
}

function gateLines(gates: readonly Gate[], open: string): readonly string[] {
  const closed = gates.filter(({ isOpen }) => !isOpen);
  if (closed.length === 0) return [`        ${open}`];
  return closed.map(({ name, text, opensAt }) => {
    const until = opensAt === null ? '' : ` (until ${new Date(opensAt).toISOString()})`;
    return `        held back by ${name}: ${text}${until}`;
  });
}

function failoverLines({
  primary,
  promoted,
  refusal,
  others,
  refused,
  lost,
  pending,
  silentDeathMillis,
  gates,
}: ExplainedFailover): string[] {
  const outcome =
    promoted === null
      ? `nobody would take its place: ${refusal}`
      : `${instanceKeyText(promoted)} would take its place${others.length === 0 ? '' : `; also allowed: ${keysText(others)}`}`;
  return [
    `If ${instanceKeyText(primary)} died now:`,
    `    ${outcome}`,
    ...refused.map(({ refusal: { text } }) => `    not a candidate: ${text}`),
    ...lost.map(({ key, reason }) => `    would be lost: ${instanceKeyText(key)}: ${reason}`),
    silentDeathMillis === null
      ? '    a crash is noticed at once, a death without a word when receivers give up (replica_net_timeout): not all get heartbeats'
      : `    a crash is noticed at once, a death without a word after ${secondsText(silentDeathMillis)}`,
    ...pending.map((key) => `    does not answer, and is left as it is: ${instanceKeyText(key)}`),
    ...gateLines(gates, 'nothing would hold it back').map((line) => line.replace(/^ {8}/, '    ')),
  ];
}

function pastLines({ detections, refusals }: Explanation): readonly string[] {
  const lines = [
    ...detections.map((detection) => ({ at: detection.at, text: detectionText(detection) })),
    ...refusals.map(({ at, key, reason }) => ({
      at,
      text: `${key === null ? '' : `${instanceKeyText(key)}: `}not recovered: ${reason}`,
    })),
  ].sort((one, other) => other.at - one.at);
  if (lines.length === 0) return [];
  return ['', 'Was:', ...lines.map(({ at, text }) => `    ${new Date(at).toISOString()} ${text}`)];
}

function detectionText({ key, code, recovery }: ExplainedDetection): string {
  const detected = `${instanceKeyText(key)}: ${code} detected`;
  if (recovery === null) return detected;
  const { isSuccessful, successor, errors } = recovery;
  if (isSuccessful && successor !== null) return `${detected}, recovered to ${instanceKeyText(successor)}`;
  return `${detected}, recovery failed: ${errors[0] ?? 'it has not ended'}`;
}

const keysText = (keys: readonly InstanceKey[]): string => keys.map(instanceKeyText).join(', ');

const secondsText = (millis: number): string =>
  `${(millis / MILLIS_PER_SECOND).toFixed(millis < 10 * MILLIS_PER_SECOND ? 1 : 0)} s`;
