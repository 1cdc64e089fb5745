/**
 * Dials with TLS or without it, as the configuration says: never, always, or where a server demands it (spec/discovery.md 9.1).
 */
import { mayDemandTls } from '../model/server-failure.ts';
import type { Clock } from '../ports/clock.ts';
import type { Dial, DialOptions, DialResult, TlsSettings } from '../ports/server-wire.ts';

export interface TlsPolicy {
  readonly mode: 'never' | 'when-demanded' | 'always';
  /** Null with the reason: the files cannot be read. Then no secured connection is made, and none without. */
  readonly settings: () =>
    | { readonly kind: 'ok'; readonly tls: TlsSettings }
    | { readonly kind: 'refused'; readonly reason: string };
  /** How long a server is taken to demand TLS without being asked again. */
  readonly rememberMillis: number;
}

export const NEVER_SECURED: TlsPolicy = {
  mode: 'never',
  settings: () => ({ kind: 'refused', reason: 'connections are not secured' }),
  rememberMillis: 0,
};

export interface SecuredDialOptions {
  readonly dial: Dial;
  readonly clock: Clock;
  readonly policy: () => TlsPolicy;
  /** It was found out that it does. */
  readonly onDemanded: () => void;
}

/** Of one server. */
export class SecuredDial {
  readonly #options: SecuredDialOptions;
  #demandsUntil = Number.NEGATIVE_INFINITY;

  constructor(options: SecuredDialOptions) {
    this.#options = options;
  }

  async dial(options: Omit<DialOptions, 'tls'>): Promise<DialResult> {
    const { dial, clock, policy, onDemanded } = this.#options;
    const { mode, rememberMillis } = policy();
    if (mode === 'always') return this.#secured(options);
    if (mode === 'when-demanded' && clock.monotonic() < this.#demandsUntil) return this.#secured(options);
    const plain = await dial(options);
    if (mode === 'never' || plain.kind === 'connected' || !mayDemandTls(plain.failure)) return plain;
    const secured = await this.#secured(options);
    if (secured.kind === 'connected') {
      this.#demandsUntil = clock.monotonic() + rememberMillis;
      onDemanded();
      return secured;
    }
    // A server without TLS has nothing to say of a wrong password: what it said first is the reason.
    return knowsNoTls(secured) ? plain : secured;
  }

  async #secured(options: Omit<DialOptions, 'tls'>): Promise<DialResult> {
    const found = this.#options.policy().settings();
    if (found.kind === 'ok') return this.#options.dial({ ...options, tls: found.tls });
    return { kind: 'failed', failure: { kind: 'network', phase: 'connect', code: 'TLS_FILES', text: found.reason } };
  }
}

/** As the driver calls it. */
const NO_TLS = 'HANDSHAKE_NO_SSL_SUPPORT';

const knowsNoTls = (result: DialResult): boolean =>
  result.kind === 'failed' && result.failure.kind === 'network' && result.failure.code === NO_TLS;
