/** Whether a connection is secured, by what the configuration and the server want. */
import { describe, expect, it } from 'vitest';
import { millis, unixMillis } from '../model/brand.ts';
import type { ServerFailure } from '../model/server-failure.ts';
import type { Clock } from '../ports/clock.ts';
import type { DialResult, ServerWire, TlsSettings } from '../ports/server-wire.ts';
import { SecuredDial, type TlsPolicy } from './secured-dial.ts';

const TLS: TlsSettings = { authorities: null, certificate: null, key: null, verifies: true };
const REMEMBER_MILLIS = 1_000;
const wire = {} as ServerWire;

const refusal = (number: number): ServerFailure => ({
  kind: 'server-error',
  phase: 'connect',
  number,
  sqlState: 'HY000',
  text: `Error ${number}`,
});

const noTls: ServerFailure = { kind: 'network', phase: 'connect', code: 'HANDSHAKE_NO_SSL_SUPPORT', text: 'no TLS' };

/** A server that answers so; what was dialled, and how. */
function aServer(answer: (isSecured: boolean) => ServerFailure | null, mode: TlsPolicy['mode']) {
  let now = 0;
  const clock: Clock = {
    now: () => unixMillis(now),
    monotonic: () => millis(now),
    after: () => ({ cancel: () => {} }),
    sleep: () => Promise.resolve(),
  };
  const dialled: string[] = [];
  const demanded: string[] = [];
  const secured = new SecuredDial({
    clock,
    dial: async ({ tls }): Promise<DialResult> => {
      dialled.push(tls === undefined ? 'plain' : 'secured');
      const failure = answer(tls !== undefined);
      return failure === null ? { kind: 'connected', wire } : { kind: 'failed', failure };
    },
    policy: () => ({ mode, settings: () => ({ kind: 'ok', tls: TLS }), rememberMillis: REMEMBER_MILLIS }),
    onDemanded: () => demanded.push('yes'),
  });
  const dial = () =>
    secured.dial({
      key: { hostname: 'db1', port: 3306 },
      credentials: { user: 'u', password: 'p' },
      connectTimeoutMillis: 1,
    });
  return { dial, dialled, demanded, pass: (by: number) => (now += by) };
}

const demanding = (number: number) => (isSecured: boolean) => (isSecured ? null : refusal(number));

describe('a server', () => {
  it.each([3159, 1045])(
    'that lets nobody in without TLS (%i) is dialled with it, for as long as that is remembered',
    async (number) => {
      const { dial, dialled, demanded, pass } = aServer(demanding(number), 'when-demanded');
      expect((await dial()).kind).toBe('connected');
      await dial();
      expect([dialled, demanded]).toEqual([['plain', 'secured', 'secured'], ['yes']]);
      pass(REMEMBER_MILLIS);
      await dial();
      expect(dialled.slice(3)).toEqual(['plain', 'secured']);
    },
  );

  it('that lets us in is not secured, and one that fails otherwise is not dialled twice', async () => {
    const open = aServer(() => null, 'when-demanded');
    await open.dial();
    const full = aServer(() => refusal(1040), 'when-demanded');
    expect(await full.dial()).toMatchObject({ failure: { number: 1040 } });
    expect([open.dialled, full.dialled]).toEqual([['plain'], ['plain']]);
  });

  it('that knows no TLS says why it let nobody in: the password is wrong', async () => {
    const { dial } = aServer((isSecured) => (isSecured ? noTls : refusal(1045)), 'when-demanded');
    expect(await dial()).toMatchObject({ failure: { number: 1045 } });
  });

  it('that demands TLS and is not trusted says that', async () => {
    const untrusted: ServerFailure = { ...noTls, code: 'HANDSHAKE_SSL_ERROR' };
    const { dial } = aServer((isSecured) => (isSecured ? untrusted : refusal(3159)), 'when-demanded');
    expect(await dial()).toMatchObject({ failure: { code: 'HANDSHAKE_SSL_ERROR' } });
  });

  it('is always or never dialled with TLS where that is configured', async () => {
    const always = aServer(() => null, 'always');
    await always.dial();
    const never = aServer(demanding(3159), 'never');
    expect(await never.dial()).toMatchObject({ failure: { number: 3159 } });
    expect([always.dialled, never.dialled]).toEqual([['secured'], ['plain']]);
  });
});
