import { existsSync } from 'node:fs';
import { link, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Settings } from '../config/settings.ts';
import { buildApp } from './app.ts';
import { type Listening, listen } from './listen.ts';
import { fakeCalls, settingsWith } from './testing/fake-calls.ts';

const opened: { close(): unknown }[] = [];
let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'orchestrator-listen-'));
});
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
  await rm(folder, { recursive: true });
});

async function serve(
  some: Partial<Settings>,
  listenAddressGiven = true,
): Promise<{ app: FastifyInstance; result: Listening }> {
  const settings = settingsWith(some);
  const calls = fakeCalls({ settings: () => settings });
  const app = await buildApp({ calls, settings });
  opened.push(app);
  return { app, result: await listen(app, settings, { listenAddressGiven }) };
}

/** Something else that listens. */
async function occupy(where: { host: string; port: number } | { path: string }): Promise<Server> {
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve) => server.listen(where, resolve));
  opened.push(server);
  return server;
}

const portOf = (server: { address(): unknown }): number => {
  const address = server.address();
  if (typeof address === 'object' && address !== null && 'port' in address && typeof address.port === 'number') {
    return address.port;
  }
  throw new Error('not listening on TCP');
};

function getOverSocket(path: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request({ socketPath: path, path: '/api/lb-check' }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    })
      .once('error', reject)
      .end();
  });
}

describe('listening on TCP', () => {
  it('answers at the address it reports', async () => {
    const { result } = await serve({ ListenAddress: '127.0.0.1:0' });
    if (result.kind !== 'ok') throw new Error(result.reason);
    expect(result.address).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(await (await fetch(`${result.address}/api/lb-check`)).text()).toBe('"OK"');
  });

  it('serves this machine alone when nobody chose an address and no password is asked for', async () => {
    const { app } = await serve({ ListenAddress: ':0' }, false);
    expect(app.server.address()).toMatchObject({ address: '127.0.0.1' });
  });

  it('serves everybody when the address was chosen, or a password is asked for', async () => {
    const chosen = await serve({ ListenAddress: ':0' }, true);
    expect(chosen.app.server.address()).toMatchObject({ address: expect.stringMatching(/^(::|0\.0\.0\.0)$/) });
    const guarded = await serve({ ListenAddress: ':0', AuthenticationMethod: 'basic' }, false);
    expect(guarded.app.server.address()).toMatchObject({ address: expect.stringMatching(/^(::|0\.0\.0\.0)$/) });
  });

  it('says in one line that the port is in use, and can be tried again', async () => {
    const port = portOf(await occupy({ host: '127.0.0.1', port: 0 }));
    const { app, result } = await serve({ ListenAddress: `127.0.0.1:${port}` });
    expect(result).toEqual({
      kind: 'refused',
      reason: `127.0.0.1:${port} is in use by another program; set ListenAddress to a free port`,
    });
    expect(
      await listen(app, settingsWith({ ListenAddress: '127.0.0.1:0' }), { listenAddressGiven: true }),
    ).toMatchObject({ kind: 'ok' });
  });

  it.each([
    ['192.0.2.1:0', '192.0.2.1:0 is not an address of this machine'],
    ['nonsense', 'ListenAddress "nonsense" is not of the form host:port or :port'],
  ])('refuses %s', async (ListenAddress, reason) => {
    const { result } = await serve({ ListenAddress });
    expect(result).toEqual({ kind: 'refused', reason });
  });

  it('does not start with a login that nobody could pass or tell apart', async () => {
    const { result } = await serve({ ListenAddress: '127.0.0.1:0', AuthenticationMethod: 'multi' });
    expect(result).toMatchObject({ kind: 'refused', reason: expect.stringContaining('HTTPAuthUser') });
  });
});

describe('listening on a unix socket', () => {
  it('serves there, and not on TCP', async () => {
    const path = join(folder, 'o.sock');
    const { app, result } = await serve({ ListenSocket: path, ListenAddress: '127.0.0.1:0' });
    expect(result).toEqual({ kind: 'ok', address: `unix:${path}` });
    expect(app.server.address()).toBe(path);
    expect(await getOverSocket(path)).toBe(200);
  });

  it('replaces the socket file that a dead process left behind', async () => {
    const path = join(folder, 'o.sock');
    const left = await occupy({ path: `${path}.left` });
    await link(`${path}.left`, path);
    await new Promise((resolve) => left.close(resolve));
    expect(existsSync(path)).toBe(true);

    expect((await serve({ ListenSocket: path })).result.kind).toBe('ok');
    expect(await getOverSocket(path)).toBe(200);
  });

  it('leaves a living socket alone', async () => {
    const path = join(folder, 'o.sock');
    await occupy({ path });
    const { result } = await serve({ ListenSocket: path });
    expect(result).toEqual({ kind: 'refused', reason: `${path} is in use by another program` });
    expect(existsSync(path)).toBe(true);
  });

  it('leaves any other file alone', async () => {
    const path = join(folder, 'data');
    await writeFile(path, 'precious');
    expect((await serve({ ListenSocket: path })).result).toEqual({
      kind: 'refused',
      reason: `${path} exists and is not a socket; it is left as it is`,
    });
    expect(existsSync(path)).toBe(true);
  });

  it('says that the folder is missing', async () => {
    const path = join(folder, 'none', 'o.sock');
    expect((await serve({ ListenSocket: path })).result).toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining(path),
    });
  });
});
