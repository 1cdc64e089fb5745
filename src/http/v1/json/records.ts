/**
 * Small records: the audit log, maintenance locks, the filters of automated recovery (spec/http-api.md 3.6, 3.7).
 */
import type { Settings } from '../../../config/settings.ts';
import { type UnixMillis, unixMillis } from '../../../model/brand.ts';
import type { CandidateRegistration, Maintenance } from '../../../model/decisions.ts';
import { instanceKeyText } from '../../../model/instance-key.ts';
import type { AnalysisChange } from '../../../ports/analysis-changelog-store.ts';
import type { AuditRecord } from '../../../ports/decision-store.ts';
import type { JsonObject } from './json.ts';
import { keyJson, timestampJson } from './scalars.ts';

const MILLIS_PER_SECOND = 1000;

export function auditJson(record: AuditRecord): JsonObject {
  return {
    AuditId: record.id,
    AuditTimestamp: timestampJson(record.at),
    AuditType: record.type,
    AuditInstanceKey: keyJson(record.key),
    Message: record.message,
  };
}

/** One object a server; the comma at the end of each line is the contract's (spec/failure-detection.md 11.3). */
export function analysisChangelogJson(changes: readonly AnalysisChange[]): readonly JsonObject[] {
  const byServer = Map.groupBy(changes, ({ key }) => instanceKeyText(key));
  return [...byServer.values()].map((those) => ({
    AnalyzedInstanceKey: keyJson(those[0]?.key ?? null),
    Changelog: those.map(({ at, code }) => `${timestampJson(at)};${code},`),
  }));
}

/** An active lock; ended ones are not listed. */
export function maintenanceJson(maintenance: Maintenance, now: UnixMillis): JsonObject {
  return {
    MaintenanceId: maintenance.id,
    Key: keyJson(maintenance.key),
    BeginTimestamp: timestampJson(maintenance.begin),
    SecondsElapsed: Math.max(0, Math.floor((now - maintenance.begin) / MILLIS_PER_SECOND)),
    IsActive: true,
    Owner: maintenance.owner,
    Reason: maintenance.reason,
  };
}

const MINUTE_MILLIS = 60_000;

export function candidateJson({ key, rule, lastSuggested }: CandidateRegistration, expireMinutes: number): JsonObject {
  const expiry = lastSuggested === null ? null : unixMillis(lastSuggested + expireMinutes * MINUTE_MILLIS);
  return {
    Hostname: key.hostname,
    Port: key.port,
    PromotionRule: rule,
    LastSuggestedString: lastSuggested === null ? '' : timestampJson(lastSuggested),
    PromotionRuleExpiry: expiry === null ? '' : timestampJson(expiry),
  };
}

export function recoveryFiltersJson(settings: Settings): JsonObject {
  return {
    RecoverIntermediateMasterClusterFilters: settings.RecoverIntermediateMasterClusterFilters,
    RecoverMasterClusterFilters: settings.RecoverMasterClusterFilters,
    RecoveryIgnoreHostnameFilters: settings.RecoveryIgnoreHostnameFilters,
  };
}
