import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { settingsOf } from '../config/testing.ts';
import { askService } from './ask-service.ts';

let server: Server | null = null;
afterEach(() => void server?.close());

async function serves(answer: RequestListener): Promise<number> {
  const started = createServer(answer);
  server = started;
  await new Promise<void>((done) => started.listen(0, '127.0.0.1', done));
  return (started.address() as AddressInfo).port;
}

describe('asking the service of this machine', () => {
  it.each(['127.0.0.1', '0.0.0.0', '[::]', ''])(
    'finds it where %j is listened on, by its prefix and account',
    async (host) => {
      const port = await serves(({ url, headers }, response) =>
        response.setHeader('X-Orchestrator-Node', 'x').end(`${url} ${headers.authorization}`),
      );
      const settings = settingsOf({
        ListenAddress: `${host}:${port}`,
        URLPrefix: 'orc',
        AuthenticationMethod: 'basic',
        HTTPAuthUser: 'admin',
        HTTPAuthPassword: 'pw',
      });
      const account = Buffer.from('admin:pw').toString('base64');
      expect(await askService(settings, '/api/x')).toBe(`/orc/api/x Basic ${account}`);
    },
  );

  it.each([
    ['refuses', 404],
    ['is another one', 409],
    ['sends elsewhere', 302],
  ])('has no answer where it %s', async (_, status) => {
    const port = await serves((_, response) => response.writeHead(status, { location: 'http://elsewhere/' }).end('x'));
    expect(await askService(settingsOf({ ListenAddress: `127.0.0.1:${port}` }), '/')).toBeNull();
  });

  it('has no answer where nobody listens, where it ends in the middle, or behind a certificate', async () => {
    const port = await serves((_, response) => {
      response.write('half');
      response.destroy();
    });
    const settings = { ListenAddress: `127.0.0.1:${port}` };
    expect(await askService(settingsOf(settings), '/')).toBeNull();
    expect(
      await askService(settingsOf({ ...settings, UseSSL: true, SSLCertFile: 'x', SSLPrivateKeyFile: 'y' }), '/'),
    ).toBeNull();
    server?.close();
    expect(await askService(settingsOf(settings), '/')).toBeNull();
    expect(await askService(settingsOf({ ListenAddress: 'nonsense' }), '/')).toBeNull();
  });
});
