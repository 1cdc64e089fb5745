/**
 * What a MySQL server tells of the CLONE plugin, and of the last clone that it has received (MySQL manual, "Monitoring Cloning Operations"). Facts, and what follows from
 * them alone.
 */
import type { ServerFailure } from './server-failure.ts';

export interface CloneStage {
  /** As the server calls it: `FILE COPY`. */
  readonly name: string;
  readonly state: 'in-progress' | 'completed' | 'failed';
  /** 0: it is not known, or there is nothing to copy. */
  readonly estimatedBytes: number;
  readonly copiedBytes: number;
}

export interface CloneRun {
  /** `running`: a session of the server is at it. */
  readonly state: 'running' | 'completed' | 'failed';
  /** `host:port`, as the recipient was told. */
  readonly donor: string;
  /** In the server's own words: tells one clone from another. */
  readonly beganAt: string;
  /** 0: none. */
  readonly errorNumber: number;
  readonly errorText: string;
  /** Those that have begun, in their order. */
  readonly stages: readonly CloneStage[];
}

export interface CloneFacts {
  readonly plugin: 'active' | 'inactive' | 'missing';
  /** `clone_valid_donor_list`; '' for nobody. */
  readonly validDonors: string;
  /** By our own account. Null: the server does not tell what it may do. */
  readonly mayClone: boolean | null;
  readonly mayDonate: boolean | null;
  readonly mayInstall: boolean | null;
  /** Null: it has never received one; or, see `isTold`, it does not say. */
  readonly last: CloneRun | null;
  /** Our account may read how a clone goes. */
  readonly isTold: boolean;
}

export type CloneReading =
  | { readonly kind: 'read'; readonly facts: CloneFacts }
  /** The server's family, or its release, has no such plugin. */
  | { readonly kind: 'without' }
  | { readonly kind: 'failed'; readonly failure: ServerFailure };

/** The first stage: what the recipient had is deleted. From then on there is no way back. */
export const DROP_STAGE = 'DROP DATA';

export const hasDroppedData = ({ stages }: CloneRun): boolean => stages.some(({ name }) => name === DROP_STAGE);

/** Why it has failed, for people. */
export const cloneErrorText = ({ errorNumber, errorText }: CloneRun): string => `error ${errorNumber}: ${errorText}`;

/** One line: `FILE COPY, 43 % (31.7 MB of 73.6 MB)`. */
export function cloneProgressText({ stages }: CloneRun): string {
  const now = stages.at(-1);
  if (now === undefined) return 'it has begun';
  const { copied, estimated, percent } = copiedOf(stages);
  if (percent === null) return now.name;
  return `${now.name}, ${percent} % (${bytesText(copied)} of ${bytesText(estimated)})`;
}

/** Of all that is copied. `percent` null: it is not known how much that will be. */
export function copiedOf(stages: readonly CloneStage[]): {
  readonly copied: number;
  readonly estimated: number;
  readonly percent: number | null;
} {
  const sum = (amounts: readonly number[]): number => amounts.reduce((all, one) => all + one, 0);
  const copied = sum(stages.map(({ copiedBytes }) => copiedBytes));
  const estimated = sum(stages.map(({ estimatedBytes }) => estimatedBytes));
  if (estimated === 0) return { copied, estimated, percent: null };
  // Pages that change meanwhile are copied again: more than was estimated may come.
  return { copied, estimated, percent: Math.min(100, Math.floor((100 * copied) / estimated)) };
}

const BYTE_UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;

/** In powers of a thousand, as disks are sold. */
export function bytesText(bytes: number): string {
  let [amount, unit] = [bytes, 0];
  while (amount >= 1_000 && unit < BYTE_UNITS.length - 1) [amount, unit] = [amount / 1_000, unit + 1];
  return `${unit === 0 ? amount : amount.toFixed(1)} ${BYTE_UNITS[unit]}`;
}
