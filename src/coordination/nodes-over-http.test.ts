import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { InstanceKey } from '../model/instance-key.ts';
import { nodesOverHttp } from './nodes-over-http.ts';

const DB1: InstanceKey = { hostname: 'db1', port: 3306 };
const DB2: InstanceKey = { hostname: 'fe80::1', port: 3306 };

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  }
});

/** Where it listens. */
async function aNode(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const says =
  (body: unknown, status = 200): RequestListener =>
  (_, response) => {
    response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body));
  };

const sightOf = ({ hostname, port }: InstanceKey, sight: string, more: object = {}) => ({
  server: { hostname, port },
  sight,
  ageMillis: 1_500,
  failure: 'connection refused',
  ...more,
});

const ask = (urls: readonly string[], keys: readonly InstanceKey[] = [DB1], deadlineMillis = 2_000) =>
  nodesOverHttp({ urls: () => urls, ownId: 'me', ownUrl: () => '', credentials: () => null }).ask(
    keys,
    'now',
    deadlineMillis,
  );

const shortOf = (url: string) => url.replace('http://', '');

describe('other nodes asked over HTTP', () => {
  it('are asked of these servers, by the account of them all, and believed', async () => {
    const asked: (string | undefined)[] = [];
    const url = await aNode((request, response) => {
      asked.push(request.url, request.headers.authorization);
      says({ node: 'other', servers: [sightOf(DB1, 'silent'), sightOf(DB2, 'answers')] })(request, response);
    });
    const nodes = nodesOverHttp({
      urls: () => [`${url}/orc/`],
      ownId: 'me',
      ownUrl: () => '',
      credentials: () => ({ user: 'admin', password: 'p:w' }),
    });
    expect(nodes.isAlone()).toBe(false);
    const node = `${shortOf(url)}/orc`;
    expect(await nodes.ask([DB1, DB2], 'now', 2_000)).toEqual([
      {
        node,
        kind: 'seen',
        sights: [
          { key: DB1, sight: 'silent', ageMillis: 1_500, failure: 'connection refused' },
          { key: DB2, sight: 'answers', ageMillis: 1_500, failure: 'connection refused' },
        ],
      },
    ]);
    const servers = encodeURIComponent('db1:3306,[fe80::1]:3306');
    const account = Buffer.from('admin:p:w').toString('base64');
    expect(asked).toEqual([`/orc/api/v2/sights?servers=${servers}&look=now`, `Basic ${account}`]);
  });

  it('are none where none are configured', async () => {
    const nodes = nodesOverHttp({ urls: () => [], ownId: 'me', ownUrl: () => '', credentials: () => null });
    expect(nodes.isAlone()).toBe(true);
    expect(await nodes.ask([DB1], 'known', 1_000)).toEqual([]);
  });

  it('do not count twice, and this one not at all', async () => {
    const itself = await aNode(says({ node: 'me', servers: [sightOf(DB1, 'silent')] }));
    const [one, same] = [
      await aNode(says({ node: 'other', servers: [sightOf(DB1, 'silent')] })),
      await aNode(says({ node: 'other', servers: [sightOf(DB1, 'silent')] })),
    ];
    const answers = await ask([itself, one, same]);
    expect(answers.map(({ node }) => node)).toEqual([shortOf(one)]);
  });

  it('that turned out to be this one, or one that is listed twice, are no silent nodes when they do not answer', async () => {
    let isMute = false;
    const answer =
      (node: string): RequestListener =>
      (request, response) => {
        if (!isMute) says({ node, servers: [sightOf(DB1, 'silent')] })(request, response);
      };
    const urls = [await aNode(answer('me')), await aNode(answer('other')), await aNode(answer('other'))];
    const nodes = nodesOverHttp({ urls: () => urls, ownId: 'me', ownUrl: () => '', credentials: () => null });
    expect(await nodes.ask([DB1], 'now', 2_000)).toHaveLength(1);
    isMute = true;
    expect(await nodes.ask([DB1], 'now', 100)).toMatchObject([{ kind: 'no-answer' }]);
  });

  it('where this one says that it is are not asked at all', async () => {
    const url = await aNode(() => {});
    const nodes = nodesOverHttp({ urls: () => [`${url}/`], ownId: 'me', ownUrl: () => url, credentials: () => null });
    expect([nodes.isAlone(), await nodes.ask([DB1], 'now', 100)]).toEqual([true, []]);
  });

  it('are not waited for when the others suffice', async () => {
    const urls = [await aNode(says({ node: 'x', servers: [sightOf(DB1, 'silent')] })), await aNode(() => {})];
    const nodes = nodesOverHttp({ urls: () => urls, ownId: 'me', ownUrl: () => '', credentials: () => null });
    const answers = await nodes.ask([DB1], 'now', 60_000, (given, missing) => given.length === 1 && missing === 1);
    expect(answers).toMatchObject([{ kind: 'seen' }, { kind: 'no-answer', reason: 'not waited for' }]);
  });

  it('that do not answer in time, or at all, are told as such', async () => {
    const silent = await aNode(() => {});
    const slow = await aNode((_, response) => {
      response.writeHead(200);
      response.write('{');
    });
    const gone = await aNode(says({}));
    servers.pop()?.close();
    const answers = await ask([silent, slow, gone], [DB1], 200);
    expect(answers).toMatchObject([
      { kind: 'no-answer', reason: 'no answer within 200 ms' },
      { kind: 'no-answer', reason: 'no answer within 200 ms' },
      { kind: 'no-answer', reason: expect.stringContaining('ECONNREFUSED') },
    ]);
  });

  it.each([
    ['another status', says('Unauthorized', 401), 'HTTP status 401'],
    ['a redirect', says('', 302), 'HTTP status 302'],
    ['no JSON', says('<html>'), 'JSON'],
    ['another object', says({ servers: [] }), 'not the answer of a node'],
    ['a list', says([]), 'not the answer of a node'],
    ['an unknown word', says({ node: 'x', servers: [sightOf(DB1, 'dead')] }), 'not what a node sees'],
    [
      'a server without a port',
      says({ node: 'x', servers: [{ server: { hostname: 'db1' }, sight: 'silent' }] }),
      'not',
    ],
    ['null for a server', says({ node: 'x', servers: [null] }), 'not what a node sees'],
    ['far too much', says('x'.repeat(1_000_000)), 'too long'],
  ])('with %s have not answered', async (_, answer, reason) => {
    const answers = await ask([await aNode(answer)]);
    expect(answers).toMatchObject([{ kind: 'no-answer', reason: expect.stringContaining(reason) }]);
  });

  it('are not believed what nobody asked, nor without measure', async () => {
    const [first] = await ask([
      await aNode(
        says({
          node: 'x',
          servers: [sightOf(DB2, 'silent'), sightOf(DB1, 'silent', { ageMillis: -5, failure: 'y'.repeat(9_000) })],
        }),
      ),
    ]);
    expect(first).toMatchObject({ kind: 'seen', sights: [{ key: DB1, ageMillis: null }] });
    expect(first?.kind === 'seen' && first.sights[0]?.failure).toHaveLength(500);
  });

  it('are asked fifty servers at a time', async () => {
    const counts: number[] = [];
    const url = await aNode((request, response) => {
      counts.push(new URL(request.url ?? '', 'http://x').searchParams.get('servers')?.split(',').length ?? 0);
      says({ node: 'x', servers: [] })(request, response);
    });
    await ask(
      [url],
      Array.from({ length: 230 }, (_, index) => ({ hostname: 'db', port: index + 1 })),
    );
    expect(counts.sort((one, other) => other - one)).toEqual([50, 50, 50, 50, 30]);
  });
});
