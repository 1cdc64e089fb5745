/**
 * What a preflight finds, as data: the doors show it, the dialects know the statements for its remedies.
 */
import type { InstanceKey } from '../model/instance-key.ts';
import type { Remedy } from '../model/remedy.ts';

/**
 * `grave`: an incident would lose transactions, or find no way out. `warning`: it would take longer than need be, or cost a server.
 * `notice`: worth knowing.
 */
export type Severity = 'grave' | 'warning' | 'notice';

export const SEVERITIES: readonly Severity[] = ['grave', 'warning', 'notice'];

/** Stable: programs may match on them. */
export type FindingCode =
  | 'unanswered'
  | 'not-checked'
  | 'no-primary'
  | 'no-replica'
  | 'single-replica'
  | 'no-candidate'
  | 'no-binary-log'
  | 'no-log-replica-updates'
  | 'replication-filters'
  | 'delayed-candidates'
  | 'heartbeat-off'
  | 'heartbeat-too-long'
  | 'heartbeat-outlasts-timeout'
  | 'net-timeout-too-long'
  | 'connect-retry-too-long'
  | 'receiver-gives-up'
  | 'grants-missing'
  | 'older-than-source'
  | 'newer-than-siblings'
  | 'gtid-off'
  | 'gtid-mixed'
  | 'follows-by-position'
  | 'binlog-format-mix'
  | 'row-image-mix'
  | 'writable-replica'
  | 'relay-log-recovery-off'
  | 'not-durable'
  | 'semi-sync-too-few-ackers'
  | 'semi-sync-impossible-count'
  | 'semi-sync-no-spare-acker'
  | 'semi-sync-falls-back'
  | 'semi-sync-fallen-back'
  | 'semi-sync-source-on-replica'
  | 'no-replication-credentials'
  | 'duplicate-server-id'
  | 'duplicate-server-uuid'
  | 'connections-nearly-used'
  | 'binlogs-expire-early'
  | 'too-few-nodes'
  | 'silent-nodes'
  | 'blind-nodes';

export interface Finding {
  readonly code: FindingCode;
  readonly severity: Severity;
  readonly server: InstanceKey;
  /** What is so, a clause without final stop: `slave_net_timeout is 60 s`. */
  readonly seen: string;
  /** One sentence: what it would do in an incident. */
  readonly consequence: string;
  readonly remedies: readonly Remedy[];
  /** What to do where no statement of a server does it; '' otherwise. */
  readonly advice: string;
}

/** A finding with nothing to be said beyond its statements. */
export function finding(
  about: Pick<Finding, 'code' | 'severity' | 'server' | 'seen' | 'consequence'>,
  ...remedies: readonly Remedy[]
): Finding {
  return { ...about, remedies, advice: '' };
}

/** In a row: of a server, how grave, what is so, and what comes of it. */
export const about = (
  { instance }: { readonly instance: { readonly key: InstanceKey } },
  code: FindingCode,
  severity: Severity,
  seen: string,
  consequence: string,
  ...remedies: readonly Remedy[]
): Finding => finding({ code, severity, server: instance.key, seen, consequence }, ...remedies);

export const withAdvice = (found: Finding, advice: string): Finding => ({ ...found, advice });
