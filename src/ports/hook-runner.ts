/** How one hook is run: a shell on this machine, or a pretended one. */
import type { Millis } from '../model/brand.ts';

export interface HookEnd {
  /** Null: exit status 0. Fit for a person. */
  readonly failure: string | null;
  /** Standard output and error, capped. */
  readonly output: string;
  readonly duration: Millis;
}

/** What comes with one run of one script. */
export interface HookGift {
  /** Its standard input. */
  readonly input: string;
  /** Null: no limit. */
  readonly timeoutMillis: number | null;
}

export const NO_GIFT: HookGift = { input: '', timeoutMillis: null };

/**
 * Starts a script with these parameters and environment variables. Resolves once it runs, or could not be started; `ended` once it is over.
 * Neither ever rejects.
 */
export type StartHook = (
  script: string,
  parameters: readonly string[],
  variables: Readonly<Record<string, string>>,
  gift: HookGift,
) => Promise<{ readonly ended: Promise<HookEnd> }>;
