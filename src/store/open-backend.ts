/**
 * What opening a backend takes and gives, whatever the engine.
 */
import { type UnixMillis, unixMillis } from '../model/brand.ts';
import type { StoreBackend } from './backend.ts';
import type { DeploymentOptions } from './deployment.ts';

export interface OpenBackendOptions {
  /** Version of this build, recorded at deployment. Empty: deploy whatever is recorded (`redeploy-internal-db`). */
  readonly version: string;
  /** `SkipOrchestratorDatabaseUpdate`, unless `--enable-database-update`. Default false. */
  readonly skipUpdate?: boolean;
  /** `PanicIfDifferentDatabaseDeploy`. Default false. */
  readonly refuseDifferentVersion?: boolean;
  /** Default: the wall clock. */
  readonly now?: UnixMillis;
}

export type OpenBackendResult =
  | { readonly kind: 'ok'; readonly backend: StoreBackend }
  /** One clear line, without any secret. */
  | { readonly kind: 'refused'; readonly reason: string };

export const deploymentOptions = (options: OpenBackendOptions): DeploymentOptions => ({
  version: options.version,
  skipUpdate: options.skipUpdate ?? false,
  refuseDifferentVersion: options.refuseDifferentVersion ?? false,
  now: options.now ?? unixMillis(Date.now()),
});
