/**
 * An explanation for people, in the order in which they ask: what is seen, what is thought of it, what would be done, what if, and what was.
 */
import { type ActingProof, type Contradiction, type Evidence, proofText } from '../analysis/acting-proof.ts';
import type { Instance } from '../model/instance.ts';
import { type InstanceKey, instanceKeyText } from '../model/instance-key.ts';
import { isSourceSilent, type SilentDeath } from '../model/source-silence.ts';
import type { Gate } from '../recovery/gates.ts';
import type {
  DetectionOutcome,
  ExplainedConclusion,
  ExplainedDetection,
  ExplainedFailover,
  ExplainedPause,
  Explanation,
  ObservedServer,
} from './explanation.ts';
import { printable } from './printable.ts';
import { roughDuration } from './rough-duration.ts';

export function explanationLines(explanation: Explanation): readonly string[] {
  return linesOf(explanation).map(printable);
}

function linesOf(explanation: Explanation): readonly string[] {
  const { clusterName, clusterAlias, at, otherNodes, servers, conclusions, ifPrimaryDied, noFailover } = explanation;
  const problems = conclusions.filter(
    ({ code, structureWarnings }) => code !== 'NoProblem' || structureWarnings.length > 0,
  );
  const name = clusterAlias === clusterName ? clusterName : `${clusterAlias} (${clusterName})`;
  return [
    `${name}, ${observerText(explanation)}`,
    ...otherNodes.map(({ node, failure }) => nodeText(node, failure)),
    '',
    'Seen:',
    ...servers.flatMap((server) => [`    ${observedText(server, at)}`, ...elsewhereLines(server)]),
    '',
    'Concluded:',
    ...(problems.length === 0 ? ['    nothing is wrong'] : problems.flatMap((one) => conclusionLines(one, at))),
    '',
    ...(ifPrimaryDied === null ? [`No failover: ${noFailover}.`] : failoverLines(ifPrimaryDied, at)),
    ...pastLines(explanation),
  ];
}

function observerText({ explainer, observer, leader, leads }: Explanation): string {
  if (explainer === 'command') {
    const who = leader === null ? 'no service leads' : `${leader} leads`;
    return `as the backend has it, told by a command on ${observer.hostname}; ${who}`;
  }
  if (leads) return `as ${observer.hostname} sees it, which leads`;
  return `as ${observer.hostname} sees it, which does not lead${leader === null ? '' : `; ${leader} does`}`;
}

const nodeText = (node: string, failure: string): string =>
  failure === '' ? `${node} was asked too` : `${node} does not tell what it sees: ${failure}`;

/** Where all nodes see the same, and it is well, there is nothing to tell. */
function elsewhereLines({ answers, seenElsewhere }: ObservedServer): readonly string[] {
  if (answers && seenElsewhere.every((seen) => seen.answers)) return [];
  return seenElsewhere.map(({ node, answers: theyAreAnswered, ageMillis, failure }) => {
    const why = failure === '' ? '' : `; ${failure}`;
    const seen = theyAreAnswered
      ? `it answers (${agoText(ageMillis)})`
      : `it does not answer (last seen ${agoText(ageMillis)}${why})`;
    return `        ${node}: ${seen}`;
  });
}

function observedText(server: ObservedServer, now: number): string {
  const { instance, isPrimary, downtime, maintenance } = server;
  const clauses = [
    answerText(server),
    instance.readOnly ? 'read-only' : 'writable',
    ...writeProbeTexts(server),
    ...(instance.sourceKey === null ? [] : [receiverText(instance, instance.sourceKey), applierText(instance)]),
    ...pauseTexts('downtimed', downtime, now),
    ...pauseTexts('under maintenance', maintenance, now),
  ];
  return `${instanceKeyText(instance.key)}${isPrimary ? ' [primary]' : ''}: ${clauses.join('; ')}`;
}

function answerText({ answers, answersInPart, failure, ageMillis, askedMillis, isSeenHere }: ObservedServer): string {
  const source = isSeenHere ? '' : ', as the backend has it';
  if (answers) return `answers (${agoText(ageMillis)}${source})`;
  const asked = askedMillis === null ? '' : `; asked ${agoText(askedMillis)}`;
  const why = failure === '' ? '' : `; ${failure}`;
  const how = answersInPart ? 'answers in part' : 'does not answer';
  return `${how} (last seen ${agoText(ageMillis)}${source}${asked}${why})`;
}

function writeProbeTexts({ writeProbe }: ObservedServer): readonly string[] {
  switch (writeProbe?.kind) {
    case undefined:
      return [];
    case 'committed':
      return [`committed a write ${agoText(writeProbe.agoMillis)}`];
    case 'waiting':
      return [`a write has waited for its commit for ${roughDuration(writeProbe.sinceMillis)}`];
    case 'unknown':
      return [`whether it commits is not known: ${writeProbe.why}`];
  }
}

function pauseTexts(what: string, pause: ExplainedPause | null, now: number): readonly string[] {
  if (pause === null) return [];
  const why = pause.reason === '' ? '' : `: ${pause.reason}`;
  return [`${what} by ${pause.owner}${why}, for ${roughDuration(Math.max(0, pause.end - now))} more`];
}

function receiverText(instance: Instance, source: InstanceKey): string {
  const { receiverState, evidence } = instance;
  const from = instanceKeyText(source);
  const error = errorText(instance.lastIoError);
  if (receiverState === 'stopped') return `its receiver is stopped, from ${from}${error}`;
  if (receiverState !== 'running') return `its receiver cannot connect to ${from}${error}`;
  const silent = evidence?.silentMillis ?? null;
  if (silent === null) return `its receiver is connected to ${from}`;
  const heard = `${agoText(silent)}, with a heartbeat every ${roughDuration(evidence?.heartbeatPeriodMillis ?? 0)}`;
  return `its receiver is connected to ${from} and ${isSourceSilent(instance) ? 'hears nothing: last' : 'heard it'} ${heard}`;
}

function applierText({ applierState, replicationLagSeconds, lastSqlError }: Instance): string {
  if (applierState !== 'running') return `its applier is stopped${errorText(lastSqlError)}`;
  return replicationLagSeconds === null ? 'its lag is not known' : `lag ${replicationLagSeconds} s`;
}

/** Columns of errors hold quoted texts, and a quoted nothing where there is none. */
function errorText(error: string): string {
  return error === '' || error === '""' ? '' : ` (${error})`;
}

function conclusionLines(conclusion: ExplainedConclusion, now: number): readonly string[] {
  const { key, code, because, line, structureWarnings, lastedMillis, proof, measures, gates } = conclusion;
  const server = instanceKeyText(key);
  const warnings = structureWarnings.length === 0 ? [] : [`    ${server}: ${structureWarnings.join(', ')}`];
  if (code === 'NoProblem') return warnings;
  const which = typeof line !== 'number' ? '' : ` (line ${line})`;
  const lasted = lastedMillis === null ? '' : `, for ${roughDuration(lastedMillis)}`;
  const nothing = measures.length === 0 ? 'nothing is done about it' : 'nothing else is done about it';
  return [
    `    ${server}: ${code}${which}${lasted}: ${because}`,
    ...countsLines(conclusion),
    ...(proof === null ? [] : proofLines(proof)),
    ...measures.map((measure) => `        ${measure}`),
    ...(gates.length === 0 ? [`        ${nothing}`] : gateLines(gates, 'it is recovered: nothing holds it back', now)),
    ...warnings,
  ];
}

function countsLines({ counts, semiSync }: ExplainedConclusion): readonly string[] {
  const { replicas, answering, replicating, failingToConnect, lagging, delayed } = counts;
  const some = [
    `${answering} answer`,
    `${replicating} replicate`,
    ...(failingToConnect > 0 ? [`${failingToConnect} cannot connect`] : []),
    ...(lagging > 0 ? [`${lagging} lag`] : []),
    ...(delayed > 0 ? [`${delayed} are delayed`] : []),
  ];
  // Of a replica that has none itself nothing was counted.
  if (replicas === 0) return [];
  const ofReplicas = `        of ${replicas} replica${replicas === 1 ? '' : 's'} ${some.join(', ')}`;
  if (semiSync === null) return [ofReplicas];
  return [`${ofReplicas}; it waits for ${semiSync.wanted} acknowledgements, and ${semiSync.connected} can give one`];
}

function proofLines(proof: ActingProof): readonly string[] {
  const contradictions = proof.kind === 'contradicted' ? proof.by : [];
  return [
    `        proof: ${proofText(proof)}`,
    ...contradictions.map((one) => `            ${contradictionText(one)}`),
    ...proof.evidence.map((one) => `            ${evidenceText(one)}`),
  ];
}

function contradictionText({ key, age, isApplierRunning }: Contradiction): string {
  const applier = isApplierRunning ? '' : ', though its applier stands still';
  return `${instanceKeyText(key)} is connected to it (${agoText(age)})${applier}`;
}

function evidenceText(evidence: Evidence): string {
  const who = `${instanceKeyText(evidence.key)}`;
  const when = agoText(evidence.age);
  switch (evidence.kind) {
    case 'server-unreachable':
      return `${who} ${evidence.isPartlyAnswering ? 'answers in part' : 'does not answer'} (last seen ${when})`;
    case 'replica-unreachable':
      return `${who} cannot be asked (last seen ${when})`;
    case 'receiver-hears-nothing':
      return `${who} has heard nothing for ${roughDuration(evidence.silentMillis)}, with a heartbeat every ${roughDuration(evidence.heartbeatPeriodMillis)} (${when})`;
    case 'receiver-not-connected': {
      const says = evidence.isWitness ? 'cannot reach it' : 'is not connected, which says nothing';
      return `${who} ${says}${errorText(evidence.errorText)} (${when})`;
    }
  }
}

function gateLines(gates: readonly Gate[], open: string, now: number): readonly string[] {
  const closed = gates.filter(({ isOpen }) => !isOpen);
  if (closed.length === 0) return [`        ${open}`];
  return closed.map(({ name, text, opensAt }) => {
    const until =
      opensAt === null || opensAt <= now
        ? ''
        : ` (for ${roughDuration(opensAt - now)} more, until ${new Date(opensAt).toISOString()})`;
    return `        held back by ${name}: ${text}${until}`;
  });
}

function failoverLines(failover: ExplainedFailover, now: number): readonly string[] {
  const { primary, promoted, refusal, others, refused, lost, pending, silentDeath, gates } = failover;
  const outcome =
    promoted === null
      ? `nobody would take its place: ${refusal}`
      : `${instanceKeyText(promoted)} would take its place${others.length === 0 ? '' : `; also allowed: ${keysText(others)}`}`;
  return [
    `If ${instanceKeyText(primary)} died now:`,
    `    ${outcome}`,
    ...refused.map(({ refusal: { text } }) => `    not a candidate: ${text}`),
    ...lost.map(({ key, reason }) => `    would be lost: ${instanceKeyText(key)}: ${reason}`),
    `    a crash is noticed at once, a death without a word ${silentDeathText(silentDeath)}`,
    ...pending.map((key) => `    does not answer, and is left as it is: ${instanceKeyText(key)}`),
    ...gateLines(gates, 'nothing would hold it back', now).map((line) => line.replace(/^ {8}/, '    ')),
  ];
}

function silentDeathText(death: SilentDeath): string {
  switch (death.kind) {
    case 'by-heartbeats':
      return `after ${roughDuration(death.afterMillis)}`;
    case 'by-timeout':
      return 'when receivers give up (replica_net_timeout): not all get heartbeats';
    case 'never':
      return 'at the next look: nobody replicates from it';
    case 'unknown':
      return 'when the service hears no heartbeats any more; which there are it alone knows';
  }
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

const detectionText = ({ key, code, outcome }: ExplainedDetection): string =>
  `${instanceKeyText(key)}: ${code} detected; ${outcomeText(outcome)}`;

function outcomeText(outcome: DetectionOutcome): string {
  switch (outcome.kind) {
    case 'recovered':
      return `recovered to ${instanceKeyText(outcome.successor)}`;
    case 'failed':
      return `the recovery failed: ${outcome.errors[0] ?? 'it says not why'}`;
    case 'under-way':
      return 'the recovery is under way';
    case 'not-attempted':
      return `not recovered: ${outcome.reason}`;
    case 'no-recovery':
      return 'there is no recovery for it';
    case 'unknown':
      return 'why it was not recovered is not recorded';
  }
}

const keysText = (keys: readonly InstanceKey[]): string => keys.map(instanceKeyText).join(', ');

const agoText = (millis: number | null): string => (millis === null ? 'never' : `${roughDuration(millis)} ago`);
