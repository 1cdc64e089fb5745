/**
 * `GET {prefix}/api/v2/clusters/{hint}/explain`: why what is thought and done of a cluster is so. The hint is a name, an alias, or a server of the cluster.
 * `?format=text`: for people. `?backend=…`: refused by a service on another backend.
 */
import type { FastifyInstance } from 'fastify';
import { type ActingProof, proofText } from '../../analysis/acting-proof.ts';
import type { Gate } from '../../recovery/gates.ts';
import type { OrchestratorCalls } from '../../service/calls.ts';
import type {
  DetectionOutcome,
  ExplainedConclusion,
  ExplainedDetection,
  ExplainedFailover,
  ExplainedPause,
  Explanation,
  ObservedServer,
} from '../../service/explanation.ts';
import { explanationLines } from '../../service/explanation-text.ts';
import { bareAnswer, SERVICE_HEADER, sendAnswer, TEXT_TYPE } from '../answer.ts';
import type { JsonObject } from '../v1/json/json.ts';
import { queryOf } from '../v1/register.ts';
import { formatOf, sendBadFormat } from './answer-format.ts';
import { keyJson, keyOrNull } from './key-json.ts';
import { OTHER_BACKEND, sendRefusal } from './refusal.ts';

export function registerExplain(app: FastifyInstance, calls: OrchestratorCalls, prefix: string): void {
  app.get<{ Params: { hint: string } }>(`${prefix}/api/v2/clusters/:hint/explain`, async (request, reply) => {
    const backend = queryOf(request, 'backend');
    if (backend !== '' && backend !== calls.backendName()) {
      return sendRefusal(reply, 409, OTHER_BACKEND);
    }
    const format = formatOf(request);
    if (format === null) return sendBadFormat(reply);
    const cluster = calls.clusterByHint(request.params.hint);
    const outcome = cluster.kind === 'ok' ? await calls.explain(cluster.value) : cluster;
    if (outcome.kind === 'ok' && format === 'text') {
      return reply
        .header(SERVICE_HEADER, calls.nodeId())
        .type(TEXT_TYPE)
        .send(`${explanationLines(outcome.value).join('\n')}\n`);
    }
    if (outcome.kind === 'ok') return sendAnswer(reply, bareAnswer(explanationJson(outcome.value)), '');
    return sendRefusal(reply, 404, outcome.refusal);
  });
}

const time = (at: number): string => new Date(at).toISOString();
const timeOrNull = (at: number | null): string | null => (at === null ? null : time(at));

export function explanationJson(explanation: Explanation): JsonObject {
  return {
    clusterName: explanation.clusterName,
    clusterAlias: explanation.clusterAlias,
    at: time(explanation.at),
    observer: explanation.observer.hostname,
    explainer: explanation.explainer,
    leader: explanation.leader,
    leads: explanation.leads,
    otherNodes: explanation.otherNodes.map(({ node, failure }) => ({ node, answers: failure === '', failure })),
    observed: explanation.servers.map(serverJson),
    concluded: explanation.conclusions.map(conclusionJson),
    ifPrimaryDied: explanation.ifPrimaryDied === null ? null : failoverJson(explanation.ifPrimaryDied),
    noFailover: explanation.noFailover,
    detections: explanation.detections.map(detectionJson),
    notRecovered: explanation.refusals.map(({ at, key, reason }) => ({ at: time(at), server: keyOrNull(key), reason })),
  };
}

function serverJson(server: ObservedServer): JsonObject {
  const { instance, isPrimary, answers, answersInPart, failure, ageMillis, askedMillis, isSeenHere } = server;
  const { evidence, sourceKey } = instance;
  return {
    server: keyJson(instance.key),
    isPrimary,
    answers,
    answersInPart,
    failure,
    lastSeen: timeOrNull(instance.lastSeen),
    ageMillis,
    askedMillis,
    source: isSeenHere ? 'probe' : 'backend',
    seenElsewhere: server.seenElsewhere.map((seen) => ({ ...seen })),
    downtime: pauseJson(server.downtime),
    maintenance: pauseJson(server.maintenance),
    writeProbe: server.writeProbe === null ? null : { ...server.writeProbe },
    readOnly: instance.readOnly,
    replicatesFrom: keyOrNull(sourceKey),
    receiver:
      sourceKey === null
        ? null
        : {
            state: instance.receiverState,
            errorNumber: evidence?.lastErrorNumber ?? null,
            error: instance.lastIoError,
            silentMillis: evidence?.silentMillis ?? null,
            heartbeatPeriodMillis: evidence?.heartbeatPeriodMillis ?? null,
          },
    applier: sourceKey === null ? null : { state: instance.applierState, lagSeconds: instance.replicationLagSeconds },
  };
}

const pauseJson = (pause: ExplainedPause | null): JsonObject | null =>
  pause === null ? null : { owner: pause.owner, reason: pause.reason, end: time(pause.end) };

function conclusionJson(conclusion: ExplainedConclusion): JsonObject {
  const { key, code, line, because, counts, semiSync, structureWarnings, lastedMillis, proof, measures, gates } =
    conclusion;
  return {
    server: keyJson(key),
    code,
    line,
    because,
    counts: { ...counts },
    semiSync: semiSync === null ? null : { ...semiSync },
    structureWarnings,
    lastedMillis,
    proof: proof === null ? null : proofJson(proof),
    measures,
    gates: gates.map(gateJson),
  };
}

function proofJson(proof: ActingProof): JsonObject {
  const contradictions = proof.kind === 'contradicted' ? proof.by : [];
  return {
    kind: proof.kind,
    text: proofText(proof),
    evidence: proof.evidence.map(({ key, observedAt, ...said }) => ({
      server: keyJson(key),
      observedAt: timeOrNull(observedAt),
      ...said,
    })),
    contradictedBy: contradictions.map(({ key, observedAt, ...said }) => ({
      server: keyJson(key),
      observedAt: timeOrNull(observedAt),
      ...said,
    })),
  };
}

const gateJson = ({ name, isOpen, text, opensAt }: Gate): JsonObject => ({
  gate: name,
  isOpen,
  text,
  opensAt: timeOrNull(opensAt),
});

function failoverJson(failover: ExplainedFailover): JsonObject {
  const { primary, promoted, refusal, others, refused, lost, pending, gates, silentDeath } = failover;
  return {
    primary: keyJson(primary),
    promoted: keyOrNull(promoted),
    refusal,
    others: others.map(keyJson),
    refused: refused.map(({ key, refusal: { kind, text } }) => ({ server: keyJson(key), kind, text })),
    lost: lost.map(({ key, reason, transactionsAtRisk }) => ({ server: keyJson(key), reason, transactionsAtRisk })),
    pending: pending.map(keyJson),
    silentDeath: { ...silentDeath },
    gates: gates.map(gateJson),
  };
}

function detectionJson({ at, key, code, outcome }: ExplainedDetection): JsonObject {
  return { at: time(at), server: keyJson(key), code, outcome: outcomeJson(outcome) };
}

const outcomeJson = (outcome: DetectionOutcome): JsonObject =>
  outcome.kind === 'recovered' ? { ...outcome, successor: keyJson(outcome.successor) } : { ...outcome };
