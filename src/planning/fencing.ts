/**
 * How sure it is that a primary which is being replaced takes no writes any more, by each means there is (G6; spec/recovery.md 12.2 #1). The first law of replacing one: two servers that take writes are
 * worse than none. Pure.
 */
import { instanceKeyText } from '../model/instance-key.ts';
import { type AcknowledgementFacts, doubtAboutAcknowledgements } from './durability.ts';

/** From the weakest to the strongest. */
export const FENCING_LEVELS = ['impossible', 'assumed', 'proven'] as const;
export type FencingLevel = (typeof FENCING_LEVELS)[number];

/** What must be known before another server takes writes. */
export type FencingDemand = 'none' | Exclude<FencingLevel, 'impossible'>;

export type FencingRung =
  /** It was told to take none. */
  | 'read-only'
  /** Its process. */
  | 'process'
  /** It waits for acknowledgements that nobody gives it. */
  | 'acknowledgements'
  /** `FencingProcesses`: power, network, whatever people have. */
  | 'hooks';

export interface FencingVerdict {
  readonly rung: FencingRung;
  readonly level: FencingLevel;
  readonly because: string;
}

export interface FencingFacts extends AcknowledgementFacts {
  /** It answered, became read-only and its sessions were ended. */
  readonly madeReadOnly: boolean;
  /** Nobody listens at its address; false: it is silent in another way. */
  readonly refusesConnections: boolean;
  /** Null: none are configured. `failure` null: all that count have succeeded. */
  readonly hooks: { readonly failure: string | null } | null;
}

/** One for each rung of the ladder that says something. */
export function fencingVerdicts(facts: FencingFacts): readonly FencingVerdict[] {
  const { failed, madeReadOnly, refusesConnections, hooks } = facts;
  const key = instanceKeyText(failed.key);
  const verdicts: FencingVerdict[] = [];
  const add = (rung: FencingRung, level: FencingLevel, because: string): void =>
    void verdicts.push({ rung, level, because });
  if (madeReadOnly) add('read-only', 'proven', `${key} is read-only, and its sessions are ended`);
  else add('read-only', 'impossible', `${key} does not answer, and cannot be told`);
  // Whoever supervises it may start it again at any moment.
  if (refusesConnections) add('process', 'assumed', `nobody listens at ${key}`);
  else if (!madeReadOnly) add('process', 'impossible', `${key} is silent: it may be cut off, and serve others`);
  const doubt = doubtAboutAcknowledgements(facts);
  if (doubt === null) {
    add(
      'acknowledgements',
      'proven',
      `${key} waits for acknowledgements that nobody gives it: it can confirm no write`,
    );
  }
  if (hooks !== null && hooks.failure === null) add('hooks', 'proven', 'FencingProcesses have succeeded');
  if (hooks !== null && hooks.failure !== null)
    add('hooks', 'impossible', `FencingProcesses have failed: ${hooks.failure}`);
  return verdicts;
}

/** The strongest of them. */
export const fencingLevel = (verdicts: readonly FencingVerdict[]): FencingLevel =>
  FENCING_LEVELS[Math.max(0, ...verdicts.map(({ level }) => FENCING_LEVELS.indexOf(level)))] ?? 'impossible';

/** Null: it is enough. Else one line that says why nobody may be promoted. */
export function fencingRefusal(verdicts: readonly FencingVerdict[], demand: FencingDemand): string | null {
  const level = fencingLevel(verdicts);
  if (demand === 'none' || FENCING_LEVELS.indexOf(level) >= FENCING_LEVELS.indexOf(demand)) return null;
  const reasons = verdicts.map(({ because }) => because).join('; ');
  return `FencingBeforePromotion: that the old primary takes no writes must be ${demand} and is ${level}: ${reasons}`;
}

/** One line for people. */
export const fencingText = (verdicts: readonly FencingVerdict[]): string =>
  `fencing: ${fencingLevel(verdicts)} (${verdicts.map(({ rung, level, because }) => `${rung}: ${level}, ${because}`).join('; ')})`;
