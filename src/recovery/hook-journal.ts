/**
 * What the journal knows of an incident's hooks: what they are told, which have begun, and which have ended. Whoever takes a cut recovery up runs those that are left, and repeats none (K12). Pure.
 */
import type { AnalysisEntry } from '../analysis/entry.ts';
import { type StepId, stepId } from '../planning/plan.ts';
import type { JournalEntry } from '../ports/decision-store.ts';
import { fieldOf, keyOf } from './unknown-values.ts';

/** What a hook is told of a failure: plain values, as they are when the recovery begins. */
export type HookFailure = Pick<
  AnalysisEntry,
  | 'key'
  | 'code'
  | 'description'
  | 'commandHint'
  | 'isPrimary'
  | 'isCoPrimary'
  | 'isGroupMember'
  | 'isDowntimed'
  | 'countReplicas'
  | 'replicas'
> & {
  readonly cluster: Pick<
    AnalysisEntry['cluster'],
    | 'clusterName'
    | 'clusterAlias'
    | 'clusterDomain'
    | 'hasAutomatedMasterRecovery'
    | 'hasAutomatedIntermediateMasterRecovery'
  >;
};

/** Of the line that says what the incident was. */
export const INCIDENT_ENTRY = 'incident';

export interface JournaledIncident {
  readonly failure: HookFailure;
  readonly skipHooks: boolean;
}

/** In the order of the type, so that nothing else of a picture gets into the journal. */
export function incidentText({ failure, skipHooks }: JournaledIncident): string {
  const { key, code, description, commandHint, isPrimary, isCoPrimary, isGroupMember, isDowntimed } = failure;
  const { clusterName, clusterAlias, clusterDomain } = failure.cluster;
  const { hasAutomatedMasterRecovery, hasAutomatedIntermediateMasterRecovery } = failure.cluster;
  const plain: JournaledIncident = {
    skipHooks,
    failure: {
      ...{ key, code, description, commandHint, isPrimary, isCoPrimary, isGroupMember, isDowntimed },
      countReplicas: failure.countReplicas,
      replicas: failure.replicas,
      cluster: {
        ...{ clusterName, clusterAlias, clusterDomain },
        ...{ hasAutomatedMasterRecovery, hasAutomatedIntermediateMasterRecovery },
      },
    },
  };
  return JSON.stringify(plain);
}

/** Null: the journal tells of none, or not in our words: no hook is run on what may be something else. */
export function journaledIncident(journal: readonly JournalEntry[]): JournaledIncident | null {
  const line = journal.find(({ stepId: id }) => id === INCIDENT_ENTRY);
  if (line === undefined) return null;
  try {
    const read: unknown = JSON.parse(line.detail);
    return isIncident(read) ? read : null;
  } catch {
    return null;
  }
}

const TEXTS = ['code', 'description', 'commandHint'] as const;
const FLAGS = ['isPrimary', 'isCoPrimary', 'isGroupMember', 'isDowntimed'] as const;
const CLUSTER_TEXTS = ['clusterName', 'clusterAlias', 'clusterDomain'] as const;
const CLUSTER_FLAGS = ['hasAutomatedMasterRecovery', 'hasAutomatedIntermediateMasterRecovery'] as const;

function isIncident(read: unknown): read is JournaledIncident {
  const failure = fieldOf(read, 'failure');
  const cluster = fieldOf(failure, 'cluster');
  const replicas = fieldOf(failure, 'replicas');
  return (
    typeof fieldOf(read, 'skipHooks') === 'boolean' &&
    isKey(fieldOf(failure, 'key')) &&
    TEXTS.every((name) => typeof fieldOf(failure, name) === 'string') &&
    FLAGS.every((name) => typeof fieldOf(failure, name) === 'boolean') &&
    typeof fieldOf(failure, 'countReplicas') === 'number' &&
    Array.isArray(replicas) &&
    replicas.every(isKey) &&
    CLUSTER_TEXTS.every((name) => typeof fieldOf(cluster, name) === 'string') &&
    CLUSTER_FLAGS.every((name) => typeof fieldOf(cluster, name) === 'boolean')
  );
}

const isKey = (value: unknown): boolean => keyOf(value) !== null;

/** `index` from 0. */
export const hookStepId = (list: string, index: number): StepId => stepId(`${list} hook ${index + 1}`);

/** How far a hook of an earlier process had come. `begun`: nobody saw its end. */
export function pastOf(journal: readonly JournalEntry[], id: StepId): 'not-begun' | 'begun' | 'ended' {
  const lines = journal.filter((line) => line.stepId === id);
  if (lines.some(({ phase }) => phase === 'done' || phase === 'failed')) return 'ended';
  return lines.length > 0 ? 'begun' : 'not-begun';
}
