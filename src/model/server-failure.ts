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
