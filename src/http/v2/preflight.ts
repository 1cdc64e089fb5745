/**
 * `GET {prefix}/api/v2/clusters/{hint}/preflight`: what would go wrong in an incident, found before it. The hint is a name, an alias, or a
 * server of the cluster. Asks every server of the cluster, so it may take seconds.
 */
import type { FastifyInstance } from 'fastify';
import type { OrchestratorCalls, PreflightFinding, PreflightReport } from '../../service/calls.ts';
import { bareAnswer, sendAnswer } from '../answer.ts';
import type { JsonObject } from '../v1/json/json.ts';
import { sendRefusal } from './refusal.ts';

export function registerPreflight(app: FastifyInstance, calls: OrchestratorCalls, prefix: string): void {
  app.get<{ Params: { hint: string } }>(`${prefix}/api/v2/clusters/:hint/preflight`, async (request, reply) => {
    const cluster = calls.clusterByHint(request.params.hint);
    const outcome = cluster.kind === 'ok' ? await calls.preflight(cluster.value) : cluster;
    if (outcome.kind === 'ok') return sendAnswer(reply, bareAnswer(preflightJson(outcome.value)), '');
    return sendRefusal(reply, 404, outcome.refusal);
  });
}

export function preflightJson(report: PreflightReport): JsonObject {
  return {
    clusterName: report.clusterName,
    clusterAlias: report.clusterAlias,
    checkedAt: new Date(report.at).toISOString(),
    servers: report.servers.map(({ hostname, port }) => ({ hostname, port })),
    findings: report.findings.map(findingJson),
  };
}

function findingJson(finding: PreflightFinding): JsonObject {
  const { code, severity, server, seen, consequence, statements, optionFile, notes } = finding;
  const { hostname, port } = server;
  return { code, severity, server: { hostname, port }, seen, consequence, statements, optionFile, notes };
}
