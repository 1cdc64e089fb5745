/**
 * One connection to one database server, as those see it who speak SQL: statements in, rows out, within deadlines. Real ones go over TCP
 * (`src/mysql`), pretended ones through the simulated network.
 */
import type { InstanceKey } from '../model/instance-key.ts';
import type { ServerFailure } from '../model/server-failure.ts';

export type Row = Readonly<Record<string, unknown>>;
/** The rows of one statement; empty for one that returns none. */
export type Rows = readonly Row[];

export type Answer =
  | { readonly kind: 'complete'; readonly results: readonly Rows[] }
  /** `results` of the statements before the failing one. */
  | { readonly kind: 'failed'; readonly results: readonly Rows[]; readonly failure: ServerFailure };

/** A restarted server counts its sessions from the beginning: the number alone may be somebody else's by now. */
export interface Session {
  readonly id: number;
  readonly clientPort: number;
}

/** An account. Never logged, never in an answer. */
export interface Credentials {
  readonly user: string;
  readonly password: string;
}

/**
 * By which names a row has its values: those of its columns, or `0`, `1`, … in their order. Columns of a query that somebody else wrote may be called alike, and
 * numbers among the names would come first.
 */
export type RowShape = 'by-name' | 'by-place';

export interface ServerWire {
  /** False once it has ended, whoever ended it. */
  readonly usable: boolean;
  /** By which the server knows this session; with it another one can end what this one left behind. */
  readonly session: Session;
  /**
   * Sends one packet (one or several statements) and collects the rows of each.
   * Past the deadline the wire is destroyed, since its answer would arrive in somebody else's place; the command may still land on the server (D12).
   */
  ask(sql: string, deadlineMillis: number, shape?: RowShape): Promise<Answer>;
  /**
   * Asks whether anybody is there, which costs a server next to nothing. Null: it answered. Past the deadline, or when it says anything else, the wire is
   * destroyed.
   */
  ping(deadlineMillis: number): Promise<ServerFailure | null>;
  /** Ends at once, without a goodbye; who still waits for an answer hears that it is lost. Not reported as broken. */
  destroy(): void;
}

/** How a connection is secured; the texts are PEM. Shared by all connections that are secured alike. */
export interface TlsSettings {
  /** Null: the authorities that the system trusts. */
  readonly authorities: string | null;
  /** What we show of ourselves; null: nothing. */
  readonly certificate: string | null;
  readonly key: string | null;
  /** Whether the server's certificate must be valid, and for the name that is dialled. */
  readonly verifies: boolean;
}

export interface DialOptions {
  readonly key: InstanceKey;
  readonly credentials: Credentials;
  readonly connectTimeoutMillis: number;
  /** Absent: not secured. */
  readonly tls?: TlsSettings;
  /** Called once when the connection ends although nobody closed it: the alarm wire. */
  readonly onBroken?: (failure: ServerFailure) => void;
}

export type DialResult =
  | { readonly kind: 'connected'; readonly wire: ServerWire }
  | { readonly kind: 'failed'; readonly failure: ServerFailure };

/** Dials and logs in; both within `connectTimeoutMillis`. Never rejects. */
export type Dial = (options: DialOptions) => Promise<DialResult>;
