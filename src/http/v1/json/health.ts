/**
 * The HealthStatus of the contract (spec/http-api.md 3.8) for a node without raft.
 */
import type { NodeRow } from '../../../ports/decision-store.ts';
import type { HealthReport } from '../../../service/calls.ts';
import type { JsonObject } from './json.ts';
import { timestampJson, UNSET_TIME } from './scalars.ts';

export function healthJson(report: HealthReport): JsonObject {
  return {
    Healthy: report.healthy,
    Hostname: report.identity.hostname,
    Token: report.identity.token,
    IsActiveNode: report.isActiveNode,
    ActiveNode: nodeJson(report.activeNode),
    // Opaque in the contract: clients test for null, and the message says what it is.
    Error: report.error === null ? null : {},
    AvailableNodes: report.availableNodes.map(nodeJson),
    RaftLeader: '',
    IsRaftLeader: false,
    RaftLeaderURI: '',
    RaftAdvertise: '',
    RaftHealthyMembers: null,
  };
}

function nodeJson(node: NodeRow | null): JsonObject {
  return {
    Hostname: node?.identity.hostname ?? '',
    Token: node?.identity.token ?? '',
    AppVersion: node?.appVersion ?? '',
    FirstSeenActive: timestampJson(node?.firstSeenActive ?? null),
    LastSeenActive: timestampJson(node?.lastSeenActive ?? null),
    ExtraInfo: '',
    Command: '',
    DBBackend: node?.dbBackend ?? '',
    LastReported: UNSET_TIME,
  };
}
