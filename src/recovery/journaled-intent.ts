/**
 * What a recovery was doing when its journal ends. Pure.
 */
import type { InstanceKey } from '../model/instance-key.ts';
import type { JournalEntry } from '../ports/decision-store.ts';
import { PLAN_ENTRY } from './recovery-run.ts';

export type JournaledIntent =
  | { readonly kind: 'nothing-irrevocable' }
  | { readonly kind: 'promotion-begun'; readonly failed: InstanceKey; readonly successor: InstanceKey }
  | { readonly kind: 'demotion-begun'; readonly from: InstanceKey; readonly to: InstanceKey };

/** The last plan of each kind counts: plans before it were given up or are over. Lines that cannot be read count as nothing. */
export function journaledIntent(journal: readonly JournalEntry[]): JournaledIntent {
  let intent: JournaledIntent = { kind: 'nothing-irrevocable' };
  let plan: ReturnType<typeof planIntent> = null;
  for (const entry of journal) {
    if (entry.stepId === PLAN_ENTRY) {
      plan = planIntent(entry.detail);
      continue;
    }
    if (entry.phase === 'undone' && intent.kind === 'demotion-begun') intent = { kind: 'nothing-irrevocable' };
    if (entry.phase !== 'intended' || plan === null) continue;
    if (plan.kind === 'replace-primary' && entry.stepId.startsWith('promote ')) {
      intent = { kind: 'promotion-begun', failed: plan.failed, successor: plan.successor };
    }
    if (plan.kind === 'switchover') intent = { kind: 'demotion-begun', from: plan.from, to: plan.to };
  }
  return intent;
}

type KnownIntent =
  | { readonly kind: 'replace-primary'; readonly failed: InstanceKey; readonly successor: InstanceKey }
  | { readonly kind: 'switchover'; readonly from: InstanceKey; readonly to: InstanceKey };

function planIntent(detail: string): KnownIntent | null {
  const parsed = fieldOf(parse(detail), 'intent');
  const kind = fieldOf(parsed, 'kind');
  if (kind === 'replace-primary') {
    const [failed, successor] = [keyOf(fieldOf(parsed, 'failed')), keyOf(fieldOf(parsed, 'successor'))];
    return failed === null || successor === null ? null : { kind, failed, successor };
  }
  if (kind === 'switchover') {
    const [from, to] = [keyOf(fieldOf(parsed, 'from')), keyOf(fieldOf(parsed, 'to'))];
    return from === null || to === null ? null : { kind, from, to };
  }
  return null;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

function keyOf(value: unknown): InstanceKey | null {
  const [hostname, port] = [fieldOf(value, 'hostname'), fieldOf(value, 'port')];
  return typeof hostname === 'string' && typeof port === 'number' ? { hostname, port } : null;
}
