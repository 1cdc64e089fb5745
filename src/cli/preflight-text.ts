/**
 * A preflight for people: a sentence, then one block a finding, gravest first.
 */
import { instanceKeyText } from '../model/instance-key.ts';
import type { PreflightFinding, PreflightReport } from '../service/calls.ts';

export function preflightLines(report: PreflightReport): readonly string[] {
  return [summary(report), ...report.findings.flatMap((finding) => ['', ...block(finding)])];
}

function summary({ clusterAlias, servers, findings }: PreflightReport): string {
  const of = `${clusterAlias}: ${servers.length} ${servers.length === 1 ? 'server' : 'servers'} checked`;
  if (findings.length === 0) return `${of}, nothing found`;
  const counts = (['grave', 'warning', 'notice'] as const)
    .map((severity) => ({ severity, count: findings.filter((finding) => finding.severity === severity).length }))
    .filter(({ count }) => count > 0)
    .map(({ severity, count }) => `${count} ${severity}`);
  return `${of}, ${counts.join(', ')}`;
}

function block({
  severity,
  server,
  code,
  seen,
  consequence,
  statements,
  optionFile,
  notes,
}: PreflightFinding): string[] {
  return [
    `[${severity}] ${instanceKeyText(server)} ${code}: ${seen}`,
    `    ${consequence}`,
    ...statements.map((statement) => `    > ${statement};`),
    ...optionFile.map((line) => `    option file: ${line}`),
    ...notes.map((note) => `    ${note}`),
  ];
}
