/**
 * Opening the door: a TCP address or a unix socket. What people get wrong (port in use, no such address, no permission) comes back as one line.
 */
import { lstat, unlink } from 'node:fs/promises';
import { connect } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { Settings } from '../config/settings.ts';
import { type AccessSettings, accessRefusal, demandsPassword } from './access.ts';
import { EVERY_ADDRESS, listenAddress } from './listen-address.ts';

export type ListenSettings = AccessSettings & Pick<Settings, 'ListenAddress' | 'ListenSocket'>;

export type Listening =
  /** `address`: `http://127.0.0.1:3000` or `unix:/run/orchestrator.sock`. */
  { readonly kind: 'ok'; readonly address: string } | { readonly kind: 'refused'; readonly reason: string };

/** The key that an operator would have to change. */
type Setting = 'ListenAddress' | 'AgentsServerPort';

const EVERY_IPV4_ADDRESS = '0.0.0.0';

/** What to say to an operator about an error code of the system; `where` is the address or path. */
const REASONS: Readonly<Record<string, (where: string, setting: string) => string>> = {
  EADDRINUSE: (where, setting) => `${where} is in use by another program; set ${setting} to a free port`,
  EADDRNOTAVAIL: (where) => `${where} is not an address of this machine`,
  EACCES: (where) => `no permission to listen on ${where}`,
  EPERM: (where) => `no permission to listen on ${where}`,
  ENOTFOUND: (where) => `the host name of ${where} cannot be resolved`,
  EAI_AGAIN: (where) => `the host name of ${where} cannot be resolved now`,
  ENOENT: (where) => `the folder of ${where} does not exist`,
  ENOTDIR: (where) => `the folder of ${where} is not a folder`,
  ENAMETOOLONG: (where) => `${where} is too long for a socket path`,
  EROFS: (where) => `the file system of ${where} is read-only`,
};

/** Addresses that a machine without IPv6 does not have; then IPv4 alone is served. */
const NO_IPV6_CODES: ReadonlySet<string> = new Set(['EAFNOSUPPORT', 'EADDRNOTAVAIL']);

/**
 * Listens as configured. `listenAddressGiven`: the configuration sets ListenAddress; otherwise, and without a password, only this machine
 * is served. A socket path (`ListenSocket`) replaces the TCP address altogether.
 */
export async function listen(
  app: FastifyInstance,
  settings: ListenSettings,
  options: { readonly listenAddressGiven: boolean },
): Promise<Listening> {
  const unsafe = accessRefusal(settings);
  if (unsafe !== null) return { kind: 'refused', reason: unsafe };
  if (settings.ListenSocket !== '') return listenOnSocket(app, settings.ListenSocket);

  return listenOnAddress(app, 'ListenAddress', settings, options.listenAddressGiven || demandsPassword(settings));
}

/** The listener for agents, which are on other machines: whoever asks for it wants it to be reached. */
export function listenForAgents(
  app: FastifyInstance,
  settings: Pick<Settings, 'AgentsServerPort'>,
): Promise<Listening> {
  return listenOnAddress(app, 'AgentsServerPort', settings, true);
}

async function listenOnAddress<Name extends Setting>(
  app: FastifyInstance,
  setting: Name,
  settings: Pick<Settings, Name>,
  guarded: boolean,
): Promise<Listening> {
  const address = listenAddress(settings[setting], guarded, setting);
  if (address.kind === 'refused') return address;
  const { host, port } = address;
  const code = await tryListen(app, { host, port });
  if (code === null) return { kind: 'ok', address: boundAddress(app) };
  if (
    host === EVERY_ADDRESS &&
    NO_IPV6_CODES.has(code) &&
    (await tryListen(app, { host: EVERY_IPV4_ADDRESS, port })) === null
  ) {
    return { kind: 'ok', address: boundAddress(app) };
  }
  return refusal(code, addressText(host, port), setting);
}

async function listenOnSocket(app: FastifyInstance, path: string): Promise<Listening> {
  const obstacle = await clearStaleSocket(path);
  if (obstacle !== null) return { kind: 'refused', reason: obstacle };
  const code = await tryListen(app, { path });
  return code === null ? { kind: 'ok', address: `unix:${path}` } : refusal(code, path);
}

/** Removes what a process that died without cleaning up left behind; says why it must stay otherwise. */
async function clearStaleSocket(path: string): Promise<string | null> {
  const found = await lstat(path).catch(() => null);
  if (found === null) return null;
  if (!found.isSocket()) return `${path} exists and is not a socket; it is left as it is`;
  if (await somebodyAnswers(path)) return `${path} is in use by another program`;
  await unlink(path).catch(() => undefined);
  return null;
}

/** Only a refused connection proves that nobody listens: without permission to connect we know nothing, and leave it alone. */
function somebodyAnswers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const end = (answers: boolean): void => {
      socket.destroy();
      resolve(answers);
    };
    socket.once('connect', () => end(true));
    socket.once('error', (error) => end(codeOf(error) !== 'ECONNREFUSED'));
  });
}

/** Null when it listens, else the error code of the system. */
async function tryListen(
  app: FastifyInstance,
  where: { host: string; port: number } | { path: string },
): Promise<string | null> {
  try {
    await app.listen(where);
    return null;
  } catch (error) {
    const isOfTheSystem = error instanceof Error && 'syscall' in error;
    if (!isOfTheSystem) throw error;
    return codeOf(error);
  }
}

function refusal(code: string, where: string, setting: Setting = 'ListenAddress'): Listening {
  const reason = REASONS[code]?.(where, setting) ?? `cannot listen on ${where} (${code})`;
  return { kind: 'refused', reason };
}

function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  return typeof code === 'string' ? code : 'unknown error';
}

/** For people: an address that listens everywhere is shown as one that a browser on this machine can open. */
function boundAddress(app: FastifyInstance): string {
  const bound = app.server.address();
  if (bound === null || typeof bound === 'string') return String(bound);
  const everywhere = bound.address === EVERY_ADDRESS || bound.address === EVERY_IPV4_ADDRESS;
  return `http://${everywhere ? `127.0.0.1:${bound.port}` : addressText(bound.address, bound.port)}`;
}

function addressText(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
