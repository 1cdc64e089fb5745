/**
 * What can go wrong when talking to a server, as a value: which phase, which error number. Nothing decides by message text.
 *
 * Texts follow what clients of the contract match on (spec/http-api.md 4.1): `no such host`, `i/o timeout`, `connection refused`,
 * `driver: bad connection`, `Error <number> (<sqlstate>): <text>`.
 */

/** Where the failure happened: before a connection stood, or while an answer was awaited. */
export type Phase = 'connect' | 'answer';

export type ServerFailure =
  | { readonly kind: 'unresolvable'; readonly phase: Phase; readonly text: string }
  | { readonly kind: 'refused'; readonly phase: Phase; readonly text: string }
  | { readonly kind: 'timeout'; readonly phase: Phase; readonly text: string }
  /** The connection ended before an answer came. */
  | { readonly kind: 'lost'; readonly phase: Phase; readonly text: string }
  /** The server answered with an error of its own. */
  | {
      readonly kind: 'server-error';
      readonly phase: Phase;
      readonly number: number;
      readonly sqlState: string;
      readonly text: string;
    }
  /** Anything the operating system says besides. */
  | { readonly kind: 'network'; readonly phase: Phase; readonly code: string; readonly text: string };

const SECURE_TRANSPORT_REQUIRED = 3159;
const ACCESS_DENIED = 1045;

/** The server may want a secured connection: it says so, or does not let an account in that has to use one. */
export const mayDemandTls = (failure: ServerFailure): boolean =>
  failure.kind === 'server-error' &&
  failure.phase === 'connect' &&
  [SECURE_TRANSPORT_REQUIRED, ACCESS_DENIED].includes(failure.number);

const TOO_MANY_CONNECTIONS = 1040;
const TOO_MANY_USER_CONNECTIONS = 1203;
const USER_LIMIT_REACHED = 1226;

/** The server lives and lets nobody new in, or nobody of this account (MySQL error reference; the numbers are MariaDB's too). */
export const isTooManyConnections = (failure: ServerFailure): boolean =>
  failure.kind === 'server-error' &&
  [TOO_MANY_CONNECTIONS, TOO_MANY_USER_CONNECTIONS, USER_LIMIT_REACHED].includes(failure.number);
