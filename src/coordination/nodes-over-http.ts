/**
 * Other nodes asked over HTTP what they see (`GET /api/v2/sights`). Their answers come over a network: whatever is not of the shape that is expected is no
 * answer, and neither is what comes late or is too long.
 */

import { errorText } from '../model/error-text.ts';
import { type InstanceKey, keyId } from '../model/instance-key.ts';
import { type ServerSight, SIGHTS } from '../model/server-sight.ts';
import type { LookOf, NodeAnswer, OtherNodes } from '../ports/other-nodes.ts';
import { answersInTime } from './answers-in-time.ts';

export interface NodesOverHttpOptions {
  /** `scheme://host:port`, with the prefix of their pages if they have one. Asked at each use. */
  readonly urls: () => readonly string[];
  /** Our own answer carries it: a list that all nodes share has this node in it. */
  readonly ownId: string;
  /** Where this node says that it is; '' where it does not. It need not be able to reach itself there. */
  readonly ownUrl: () => string;
  /** Null: they ask for none. */
  readonly credentials: () => { readonly user: string; readonly password: string } | null;
}

/** Their names are in the request's first line, of which a server takes 16 KiB with all headers. */
const SERVERS_PER_QUESTION = 50;

/** A hundred servers with all that is said of each. */
const ANSWER_BYTES_MAX = 256 * 1024;
const FAILURE_TEXT_MAX = 500;

export function nodesOverHttp(options: NodesOverHttpOptions): OtherNodes {
  /** Which process last answered where. One that is known to be this one, or the same as another, is no silent node when it does not answer. */
  const ids = new Map<string, string>();
  const others = (): readonly string[] => {
    const own = withoutSlash(options.ownUrl());
    return [...new Set(options.urls().map(withoutSlash))].filter(
      (url, index, all) => url !== own && ids.get(url) !== options.ownId && isFirst(url, index, all, ids),
    );
  };
  return {
    isAlone: () => others().length === 0,
    ask(keys, look, deadlineMillis, suffices = () => false) {
      const seen = new Set([options.ownId]);
      const ask = async (url: string): Promise<NodeAnswer | null> => {
        const { id, answer } = await askNode(url, keys, look, deadlineMillis, options);
        if (id === null) return answer;
        ids.set(url, id);
        // Under two names a node has one vote all the same, and this one has none among the others.
        if (seen.has(id)) return null;
        seen.add(id);
        return answer;
      };
      const late = (url: string): NodeAnswer => ({ node: nameOf(url), kind: 'no-answer', reason: 'not waited for' });
      return answersInTime(others(), ask, late, suffices);
    },
  };
}

const withoutSlash = (url: string): string => url.replace(/\/+$/, '');

function isFirst(url: string, index: number, all: readonly string[], ids: ReadonlyMap<string, string>): boolean {
  const id = ids.get(url);
  return id === undefined || all.findIndex((other) => ids.get(other) === id) === index;
}

interface Asked {
  readonly id: string | null;
  readonly answer: NodeAnswer;
}

async function askNode(
  url: string,
  keys: readonly InstanceKey[],
  look: LookOf,
  deadlineMillis: number,
  options: NodesOverHttpOptions,
): Promise<Asked> {
  const node = nameOf(url);
  const until = AbortSignal.timeout(deadlineMillis);
  try {
    const pages = await Promise.all(
      inPages(keys).map(async (page) => parseAnswer(await get(question(url, page, look), until, options), page)),
    );
    const [first] = pages;
    return { id: first?.id ?? null, answer: { node, kind: 'seen', sights: pages.flatMap(({ sights }) => sights) } };
  } catch (error) {
    const reason = until.aborted ? `no answer within ${deadlineMillis} ms` : errorText(error);
    return { id: null, answer: { node, kind: 'no-answer', reason } };
  }
}

function inPages(keys: readonly InstanceKey[]): readonly (readonly InstanceKey[])[] {
  const count = Math.max(1, Math.ceil(keys.length / SERVERS_PER_QUESTION));
  return Array.from({ length: count }, (_, page) =>
    keys.slice(page * SERVERS_PER_QUESTION, (page + 1) * SERVERS_PER_QUESTION),
  );
}

/** What people call it: without the scheme, and without a password that somebody wrote there. */
function nameOf(url: string): string {
  const { host, pathname } = new URL(url);
  return host + (pathname === '/' ? '' : pathname);
}

function question(url: string, keys: readonly InstanceKey[], look: LookOf): URL {
  const asked = new URL(`${url}/api/v2/sights`);
  asked.searchParams.set('servers', keys.map(addressText).join(','));
  asked.searchParams.set('look', look);
  return asked;
}

const addressText = ({ hostname, port }: InstanceKey): string =>
  hostname.includes(':') ? `[${hostname}]:${port}` : `${hostname}:${port}`;

/** The body of a good answer. Rejects: no answer in time, an answer of another status, one that is too long. Follows nobody elsewhere. */
function get(url: URL, signal: AbortSignal, { credentials }: NodesOverHttpOptions): Promise<string> {
  // Not imported: to import it loads all that it could export, Node's whole `fetch` among it, at every start.
  const { request } = process.getBuiltinModule(url.protocol === 'https:' ? 'node:https' : 'node:http');
  const account = credentials();
  const auth = account === null ? {} : { auth: `${account.user}:${account.password}` };
  return new Promise((done, failed) => {
    const asking = request(url, { signal, ...auth }, (response) => {
      if (response.statusCode !== 200) {
        response.resume();
        failed(new Error(`HTTP status ${response.statusCode}`));
        return;
      }
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => {
        body += part;
        if (body.length > ANSWER_BYTES_MAX) asking.destroy(new Error('the answer is too long'));
      });
      response.on('end', () => done(body));
      response.on('error', failed);
    });
    asking.on('error', failed);
    asking.end();
  });
}

interface ParsedAnswer {
  readonly id: string;
  readonly sights: readonly ServerSight[];
}

/** Throws when it is not what a node answers. Of servers that nobody asked for nothing is taken. */
function parseAnswer(body: string, keys: readonly InstanceKey[]): ParsedAnswer {
  const answer: unknown = JSON.parse(body);
  if (!isObject(answer) || typeof answer['node'] !== 'string' || !Array.isArray(answer['servers'])) {
    throw new Error('not the answer of a node');
  }
  const wanted = new Map(keys.map((key) => [keyId(key), key]));
  const sights = answer['servers'].map(parseSight).filter(({ key }) => wanted.has(keyId(key)));
  return { id: answer['node'], sights };
}

function parseSight(value: unknown): ServerSight {
  const server = isObject(value) ? value['server'] : null;
  if (!isObject(value) || !isObject(server)) throw new Error('not what a node sees of a server');
  const { sight: word, ageMillis, failure } = value;
  const sight = SIGHTS.find((known) => known === word);
  const { hostname, port } = server;
  if (sight === undefined || typeof hostname !== 'string' || typeof port !== 'number') {
    throw new Error('not what a node sees of a server');
  }
  return {
    key: { hostname, port },
    sight,
    ageMillis: typeof ageMillis === 'number' && ageMillis >= 0 ? ageMillis : null,
    failure: typeof failure === 'string' ? failure.slice(0, FAILURE_TEXT_MAX) : '',
  };
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
