import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildApp } from '../app.ts';
import { fakeCalls, settingsWith } from '../testing/fake-calls.ts';
import { contentSecurityPolicy } from './content-security-policy.ts';

const INDEX =
  '<!doctype html><html><head><script>go()</script><script type="module" src="./assets/main-1a.js"></script></head></html>';
let folder = '';
let webRoot = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'orchestrator-web-'));
  webRoot = join(folder, 'web');
  await mkdir(join(webRoot, 'assets'), { recursive: true });
  await writeFile(join(webRoot, 'index.html'), INDEX);
  await writeFile(join(webRoot, 'icon.svg'), '<svg/>');
  await writeFile(join(webRoot, 'assets', 'main-1a.js'), 'go()');
  await writeFile(join(folder, 'secret.txt'), 'secret');
  await symlink(join(folder, 'secret.txt'), join(webRoot, 'link.txt'));
});
afterAll(() => rm(folder, { recursive: true }));

async function serve(
  options: { readonly webRoot?: string; readonly prefix?: string } = { webRoot },
): Promise<FastifyInstance> {
  const settings = settingsWith({ URLPrefix: options.prefix ?? '' });
  const calls = fakeCalls({ settings: () => settings });
  return buildApp({ calls, settings, ...(options.webRoot === undefined ? {} : { webRoot: options.webRoot }) });
}

describe('pages', () => {
  it.each([
    ['', '/'],
    ['', '/web/'],
    ['', '/web/?x=1'],
    ['/orc', '/orc/'],
    ['/orc', '/orc/web/'],
  ])('prefix %j: %s leads to the clusters', async (prefix, url) => {
    const answer = await (await serve({ webRoot, prefix })).inject(url);
    expect([answer.statusCode, answer.headers.location]).toEqual([302, `${prefix}/web/clusters`]);
  });

  it('there is no page outside the prefix, nor at /web', async () => {
    expect((await (await serve({ webRoot, prefix: '/orc' })).inject('/web/clusters')).statusCode).toBe(404);
    expect((await (await serve()).inject('/web')).body).toBe('404 page not found\n');
  });

  it.each([
    '/web/clusters',
    '/web/cluster/127.0.0.1:10111',
    '/web/cluster/db.example.com',
    '/web/index.html',
    '/web/a/b/c',
  ])('%s is the application', async (url) => {
    const answer = await (await serve()).inject(url);
    expect([answer.statusCode, answer.body]).toEqual([200, INDEX]);
    expect(answer.headers).toMatchObject({ 'content-type': 'text/html; charset=UTF-8', 'cache-control': 'no-cache' });
  });

  it.each([
    ['/web/assets/main-1a.js', 'text/javascript; charset=utf-8', 'public, max-age=31536000, immutable', 'go()'],
    ['/web/icon.svg', 'image/svg+xml', 'no-cache', '<svg/>'],
  ])('%s is a file', async (url, type, cache, body) => {
    const answer = await (await serve()).inject(url);
    expect([answer.statusCode, answer.headers['content-type'], answer.headers['cache-control'], answer.body]).toEqual([
      200,
      type,
      cache,
      body,
    ]);
    expect(answer.headers['x-content-type-options']).toBe('nosniff');
  });

  it('an asset that is gone is no page', async () => {
    const app = await serve();
    for (const url of ['/web/assets/main-0f.js', '/web/assets/none', '/web/old.css'])
      expect((await app.inject(url)).statusCode).toBe(404);
  });

  it.each([
    '/web/../secret.txt',
    '/web/%2e%2e/secret.txt',
    '/web/..%2fsecret.txt',
    '/web/assets/..%2f..%2fsecret.txt',
    '/web//etc/passwd',
    '/web/link.txt',
    '/web/..\\secret.txt',
  ])('%s leads nowhere else', async (url) => {
    const answer = await (await serve()).inject(url);
    expect(answer.body).not.toContain('secret');
    expect(answer.body).not.toContain('root:');
  });

  it('only our own scripts run, and the inline ones that were built in', () => {
    const policy = contentSecurityPolicy(INDEX);
    expect(policy).toContain("script-src 'self' 'sha256-5KYv+PUboo5h+0+YAtGRPbwv5d/QxzHslP4YGnUaxRw='");
    expect(contentSecurityPolicy('')).toContain("script-src 'self';");
  });

  it.each([undefined, '/no/such/folder'])(
    'without a build (%s) a page says so, and the API answers',
    async (missing) => {
      const app = await serve(missing === undefined ? {} : { webRoot: missing });
      const answer = await app.inject('/web/clusters');
      expect(answer.statusCode).toBe(503);
      expect(answer.body).toContain('The web pages are not built');
      expect((await app.inject('/api/clusters')).statusCode).toBe(200);
    },
  );
});
