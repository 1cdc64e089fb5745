/**
 * Whether a deployment is to take place (spec/backend-schema.md 2). Pure: what is missing and recorded in, verdict out.
 */
import type { UnixMillis } from '../model/brand.ts';
import { type DeploymentStep, describeStep } from './deployment-plan.ts';

export interface DeploymentOptions {
  /** Version of this build. Empty: deploy whatever is recorded (`redeploy-internal-db`). */
  readonly version: string;
  /** `SkipOrchestratorDatabaseUpdate`. */
  readonly skipUpdate: boolean;
  /** `PanicIfDifferentDatabaseDeploy`. */
  readonly refuseDifferentVersion: boolean;
  readonly now: UnixMillis;
}

interface Refused {
  readonly kind: 'refused';
  /** Goes on from the backend's name: `lacks …`. */
  readonly reason: string;
}

export type DeploymentResult =
  | { readonly kind: 'deployed'; readonly steps: readonly DeploymentStep[] }
  | { readonly kind: 'current' }
  | Refused;

/** Views of ancient versions, in the way of nobody and of no use. */
export const DROPPED_VIEWS = ['_whats_wrong', 'whats_wrong', 'whats_wrong_summary'];

/**
 * A recorded version whose schema is nevertheless incomplete (another program wrote the record) is completed too.
 * `isRecorded`: a row of `orchestrator_db_deployments` names this version.
 */
export function deploymentVerdict(
  steps: readonly DeploymentStep[],
  isRecorded: boolean,
  { version, skipUpdate, refuseDifferentVersion }: DeploymentOptions,
): { readonly kind: 'deploy' | 'current' } | Refused {
  const [missing] = steps;
  if (skipUpdate) {
    if (missing === undefined) return { kind: 'current' };
    const reason = `lacks ${describeStep(missing)}, and SkipOrchestratorDatabaseUpdate forbids to add it`;
    return { kind: 'refused', reason };
  }
  if (version === '') return { kind: 'deploy' };
  if (isRecorded) return { kind: missing === undefined ? 'current' : 'deploy' };
  if (!refuseDifferentVersion) return { kind: 'deploy' };
  const reason = `was not deployed by version ${version}, and PanicIfDifferentDatabaseDeploy is set`;
  return { kind: 'refused', reason };
}

/** Whether the record can be asked at all: not where its table is still to be created. */
export const hasRecords = (steps: readonly DeploymentStep[]): boolean =>
  !steps.some((step) => step.kind === 'create-table' && step.table.name === 'orchestrator_db_deployments');
