/**
 * The web pages: built files under `{prefix}/web/`, every other path there is the application's own (it routes in the browser).
 */
import { extname } from 'node:path';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { sendNotFound } from '../answer.ts';
import { contentSecurityPolicy } from './content-security-policy.ts';
import { contentType, HTML_TYPE } from './content-types.ts';
import { type WebFiles, webFiles } from './web-files.ts';

/** Names in there carry a hash of their content. */
const HASHED_FOLDER = 'assets/';
const CACHE_FOREVER = 'public, max-age=31536000, immutable';
/** Asks again each time, so that a new version shows at once. */
const CACHE_NOT = 'no-cache';

/** An asset of an older build that is gone must not come back as a page: the browser would try to run it. */
const ASSET_ENDINGS: ReadonlySet<string> = new Set(['.css', '.js', '.map', '.mjs']);

const NOT_BUILT_PAGE = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>orchestrator</title></head>
<body><h1>The web pages are not built</h1>
<p>orchestrator is running and its API answers. To get the pages, run <code>npm run build</code> and start it again.</p>
</body></html>
`;

/** `webRoot`: folder of the build. Paths outside it cannot be reached, see `webFiles`. */
export async function registerWeb(app: FastifyInstance, prefix: string, webRoot: string | undefined): Promise<void> {
  const files = await webFiles(webRoot);
  const home = `${prefix}/web/clusters`;
  app.get(prefix === '' ? '/' : prefix, (_request, reply) => reply.redirect(home, 302));
  // `{prefix}/web` is no page by contract, `{prefix}/web/` is (spec/http-api.md 1.11); the router takes both for one.
  app.get(`${prefix}/web`, (request, reply) => {
    const path = request.url.split('?')[0] ?? '';
    return path.endsWith('/') ? reply.redirect(home, 302) : sendNotFound(reply);
  });
  app.get<{ Params: { '*': string } }>(`${prefix}/web/*`, (request, reply) =>
    sendFile(reply, files, request.params['*']),
  );
}

async function sendFile(reply: FastifyReply, files: WebFiles, path: string): Promise<FastifyReply> {
  if (!files.isBuilt) return sendPage(reply, NOT_BUILT_PAGE, 503);
  const file = path === 'index.html' ? null : await files.read(path);
  if (file !== null) {
    // The policy covers files too: a picture opened by itself is a document of our origin.
    const policy = contentSecurityPolicy('');
    reply.header('Cache-Control', path.startsWith(HASHED_FOLDER) ? CACHE_FOREVER : CACHE_NOT);
    return reply.header('Content-Security-Policy', policy).type(contentType(path)).send(file);
  }
  if (path.startsWith(HASHED_FOLDER) || ASSET_ENDINGS.has(extname(path))) return sendNotFound(reply);
  const index = await files.read('index.html');
  return index === null ? sendPage(reply, NOT_BUILT_PAGE, 503) : sendPage(reply, index.toString('utf8'), 200);
}

function sendPage(reply: FastifyReply, html: string, status: number): FastifyReply {
  return reply
    .code(status)
    .header('Cache-Control', CACHE_NOT)
    .header('Content-Security-Policy', contentSecurityPolicy(html))
    .header('Referrer-Policy', 'same-origin')
    .type(HTML_TYPE)
    .send(html);
}
