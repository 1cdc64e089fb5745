import type { SqlOutcome } from '../sql-session.ts';

export type SqlError = Extract<SqlOutcome, { kind: 'error' }>;

/**
 * A statement is answered with an error. Thrown where texts are read and values calculated, which is deep inside of expressions; caught in two places:
 * where a packet is parsed, and where a statement is run. It never leaves this folder.
 */
export class SqlRefusal extends Error {
  readonly outcome: SqlError;

  constructor(outcome: SqlError) {
    super(outcome.message);
    this.outcome = outcome;
  }
}

/** The answer that an exception stands for; what is no refusal is a defect of ours, and goes on. */
export function refusalOf(error: unknown): SqlError {
  if (error instanceof SqlRefusal) return error.outcome;
  throw error;
}
