/** How one hook is run: a shell on this machine, or a pretended one. */
import type { Millis } from '../model/brand.ts';

export interface HookEnd {
  /** Null: exit status 0. Fit for a person. */
  readonly failure: string | null;
  /** Standard output and error, capped. */
  readonly output: string;
  readonly duration: Millis;
}

/**
 * Starts a script with these parameters and environment variables. Resolves once it runs, or could not be started; `ended` once it is over.
 * Neither ever rejects.
 */
export type StartHook = (
  script: string,
  parameters: readonly string[],
  variables: Readonly<Record<string, string>>,
) => Promise<{ readonly ended: Promise<HookEnd> }>;
