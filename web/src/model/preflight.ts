/** What would go wrong in an incident, found before it. */
import type { ServerKey } from './server.ts';

export type Severity = 'grave' | 'warning' | 'notice';

export interface Finding {
  readonly code: string;
  readonly severity: Severity;
  readonly server: ServerKey;
  readonly seen: string;
  readonly consequence: string;
  readonly statements: readonly string[];
  readonly optionFile: readonly string[];
  readonly notes: readonly string[];
}

export interface PreflightReport {
  readonly serverCount: number;
  /** ISO 8601. */
  readonly checkedAt: string;
  /** Gravest first. */
  readonly findings: readonly Finding[];
}

const TONES = { grave: 'critical', warning: 'warning', notice: 'notice' } as const;

export const toneOfSeverity = (severity: Severity): 'critical' | 'warning' | 'notice' => TONES[severity];

/** `3 servers checked: 1 grave, 2 notices.` */
export function preflightSentence({ serverCount, findings }: PreflightReport): string {
  const checked = `${serverCount} ${serverCount === 1 ? 'server' : 'servers'} checked`;
  if (findings.length === 0) return `${checked}: ready for an incident.`;
  const count = (severity: Severity) => findings.filter((finding) => finding.severity === severity).length;
  const plural = (number: number, word: string) =>
    number === 0 ? [] : [`${number} ${word}${number === 1 ? '' : 's'}`];
  const grave = count('grave');
  const words = [
    ...(grave === 0 ? [] : [`${grave} grave`]),
    ...plural(count('warning'), 'warning'),
    ...plural(count('notice'), 'notice'),
  ];
  return `${checked}: ${words.join(', ')}.`;
}
