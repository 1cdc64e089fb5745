/** JSON of `api/v2/clusters/{name}/preflight` → the pages' words. */
import type { Finding, PreflightReport, Severity } from '../model/preflight.ts';
import { keyOf, listOf, objectOf, textOf, textsOf } from './json.ts';

export function readPreflight(json: unknown): PreflightReport {
  const { servers, checkedAt, findings } = objectOf(json);
  return {
    serverCount: listOf(servers).length,
    checkedAt: textOf(checkedAt),
    findings: listOf(findings).map(readFinding),
  };
}

function readFinding(json: unknown): Finding {
  const record = objectOf(json);
  return {
    code: textOf(record.code),
    severity: severityOf(record.severity),
    server: keyOf(record.server) ?? '',
    seen: textOf(record.seen),
    consequence: textOf(record.consequence),
    statements: textsOf(record.statements),
    optionFile: textsOf(record.optionFile),
    notes: textsOf(record.notes),
  };
}

/** A word that this page does not know is no reason to frighten anybody. */
function severityOf(value: unknown): Severity {
  return value === 'grave' || value === 'warning' ? value : 'notice';
}
