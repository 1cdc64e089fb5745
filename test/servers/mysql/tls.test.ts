// Servers that let our account in over TLS alone, as they come: with a certificate of their own that nobody has signed.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { LinkOptions } from '../../../src/mysql/server-link.ts';
import type { TlsSettings } from '../../../src/ports/server-wire.ts';
import { type RunningServer, startServer } from '../../../src/sandbox/server.ts';
import { serverReleases } from '../../../src/sandbox/server-releases.ts';
import { answeredBy, asRoot, closeLinks, failureOf, keyOf, linkTo, TIMEOUTS } from '../support/server-world.ts';

const account = { user: 'secured', password: 'secured_pw' };

/** MariaDB 10.11 has no certificate unless somebody gives it one. */
const WITH_TLS = serverReleases.filter(({ name }) => name !== 'mariadb');

afterEach(closeLinks);

describe.each(WITH_TLS)('a $name server that demands TLS of our account', ({ family, release }) => {
  let server: RunningServer;
  beforeAll(async () => {
    server = await startServer({ family, release });
    await asRoot(
      server,
      `CREATE USER ${account.user}@'%' IDENTIFIED BY '${account.password}' REQUIRE SSL`,
      `GRANT ALL ON *.* TO ${account.user}@'%'`,
    );
  });
  afterAll(() => server?.stop());

  const demanded: number[] = [];
  const secured = (changes: Partial<TlsSettings>): NonNullable<LinkOptions['tls']> => {
    const tls = { authorities: null, certificate: null, key: null, verifies: false, ...changes };
    return {
      policy: () => ({ mode: 'when-demanded', settings: () => ({ kind: 'ok', tls }), rememberMillis: 60_000 }),
      onDemanded: ({ port }) => demanded.push(port),
    };
  };
  const sessionCipher = "SHOW STATUS LIKE 'Ssl_cipher'";

  it('is read over TLS, and that is remembered', async () => {
    const link = linkTo(keyOf(server), { account, tls: secured({}) });
    expect((await answeredBy(link)).facts.instance.serverId).toBe(server.serverId);
    const answer = await link.query(sessionCipher, { connectMillis: 5_000, answerMillis: 5_000 });
    expect(answer).toMatchObject({ kind: 'rows', rows: [{ Value: expect.stringMatching(/./) }] });
    expect(demanded).toEqual([server.port]);
  });

  it('is not read where its certificate is to be trusted and nobody has signed it, and says so', async () => {
    const { failure } = await failureOf(linkTo(keyOf(server), { account, tls: secured({ verifies: true }) }));
    expect(failure).toMatchObject({ kind: 'network', phase: 'connect' });
    expect(failure.text).toMatch(/certificate/);
  });

  it('lets nobody in without', async () => {
    const { failure } = await failureOf(linkTo(keyOf(server), { account }));
    expect(failure).toMatchObject({ kind: 'server-error', number: 1045 });
  });
});

const fixture = (name: string): string => fileURLToPath(new URL(`../../fixtures/tls/${name}`, import.meta.url));

describe.each([
  { shows: 'by-address', trusted: '127.0.0.1', distrusted: 'localhost' },
  { shows: 'by-name', trusted: 'localhost', distrusted: '127.0.0.1' },
])('a server whose certificate is for $trusted, signed by an authority we trust', ({ shows, trusted, distrusted }) => {
  let server: RunningServer;
  beforeAll(async () => {
    const files = [
      `--ssl-ca=${fixture('authority.pem')}`,
      `--ssl-cert=${fixture(`${shows}.pem`)}`,
      `--ssl-key=${fixture(`${shows}.key`)}`,
    ];
    server = await startServer({ family: 'mysql', extraOptions: files });
  });
  afterAll(() => server?.stop());

  const authorities = readFileSync(fixture('authority.pem'), 'utf8');
  const tls = { authorities, certificate: null, key: null, verifies: true };
  const verified: NonNullable<LinkOptions['tls']> = {
    policy: () => ({ mode: 'always', settings: () => ({ kind: 'ok', tls }), rememberMillis: 60_000 }),
    onDemanded: () => {},
  };

  it('is read under that name, and no session of it is resumed under another', async () => {
    const { port } = server;
    expect((await linkTo({ hostname: trusted, port }, { tls: verified }).probe(TIMEOUTS)).kind).toBe('answered');
    const { failure } = await failureOf(linkTo({ hostname: distrusted, port }, { tls: verified }));
    expect(failure).toMatchObject({ kind: 'network', phase: 'connect' });
    expect(failure.text).toMatch(/altnames/);
  });
});
