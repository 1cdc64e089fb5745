/** Where a script is run: three servers, real or pretended, of one family. */
import type { ServerFamily } from '../../../../src/sandbox/server-releases.ts';
import type { Role, Script, User } from './script.ts';

export type Value = string | number | null;

export type Outcome =
  | { readonly kind: 'ok' }
  | { readonly kind: 'rows'; readonly columns: readonly string[]; readonly rows: readonly (readonly Value[])[] }
  | { readonly kind: 'error'; readonly number: number; readonly sqlState: string; readonly message: string }
  /** The connection ended without an answer. */
  | { readonly kind: 'lost' };

export interface StageSession {
  readonly id: number;
  /** One at a time. */
  ask(sql: string): Promise<Outcome>;
  close(): void;
}

/** Who a server is, in the family's own terms. */
export interface Identity {
  readonly host: string;
  readonly port: number;
  readonly serverId: number;
  readonly uuid: string;
  readonly version: string;
}

export interface Stage {
  readonly isReal: boolean;
  readonly family: ServerFamily;
  /** Of the script that was begun. */
  identity(role: Role): Identity;
  /** All servers run, have no history and replicate from nobody; nobody has a session. */
  begin(script: Script): Promise<void>;
  open(role: Role, user: User): Promise<StageSession | Extract<Outcome, { kind: 'error' | 'lost' }>>;
  /** Lets a little time pass, of its own kind. */
  pause(): Promise<void>;
  /** Milliseconds of its own time. */
  now(): number;
  /** Lets time pass until it has come. */
  awaited<Value>(promise: Promise<Value>): Promise<Value>;
  crash(role: Role): Promise<void>;
  shutDown(role: Role): Promise<void>;
  start(role: Role): Promise<void>;
  dieInATransaction(): Promise<void>;
}
