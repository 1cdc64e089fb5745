/**
 * The world in which a backend is tested: what it lies on, a first process on it, and others.
 */
import type { StoreBackend } from '../../src/store/backend.ts';

/** A disk and a first process on it. */
export interface World {
  readonly backend: StoreBackend;
  /** Another process on the same disk. */
  another(): Promise<StoreBackend>;
  /** From now on new observations and new nodes cannot be written. */
  refuseWrites(): Promise<void>;
  allowWrites(): Promise<void>;
  /** What the rejection of a write looks like. */
  readonly writeError: object;
}

/** With nothing in it. */
export type NewWorld = () => Promise<World>;

/** The tables as another program sees them. */
export interface ByHand {
  /** One statement. */
  exec(sql: string): Promise<void>;
  rows(sql: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
  /** The first row of some; undefined when there is none. */
  row(sql: string): Promise<Readonly<Record<string, unknown>> | undefined>;
}

/** A world whose disk speaks SQL. */
export interface SqlWorld extends World {
  readonly byHand: ByHand;
  /** The keys with which the program is configured to open it. */
  readonly configuration: Readonly<Record<string, unknown>>;
}

export type NewSqlWorld = () => Promise<SqlWorld>;
