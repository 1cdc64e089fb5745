/**
 * Asks the service that runs on this machine by the same configuration, for what only it knows. A command works without it too.
 */
import type { Settings } from '../config/settings.ts';
import { demandsPassword } from '../http/access.ts';
import { SERVICE_HEADER } from '../http/answer.ts';
import { EVERY_ADDRESS, listenAddress } from '../http/listen-address.ts';

/** The body of a good answer, or null: nobody serves there, or not what was asked for, or not in time. Never rejects. */
export type AskService = (settings: Settings, path: string) => Promise<string | null>;

/** For the service, which may ask other nodes first. */
const ANSWER_MILLIS = 3_000;
const ANSWER_BYTES_MAX = 4 * 1024 * 1024;

export const askService: AskService = (settings, path) => {
  const address = addressOf(settings);
  if (address === null) return Promise.resolve(null);
  const { HTTPAuthUser, HTTPAuthPassword, URLPrefix } = settings;
  const auth = demandsPassword(settings) ? { auth: `${HTTPAuthUser}:${HTTPAuthPassword}` } : {};
  return new Promise((done) => {
    const nothing = (): void => done(null);
    const signal = AbortSignal.timeout(ANSWER_MILLIS);
    // Not imported: to import it loads all that it could export, Node's whole `fetch` among it, at every start.
    const { request } = process.getBuiltinModule('node:http');
    const asking = request({ ...address, ...auth, path: URLPrefix + path, signal }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => {
        body += part;
        if (body.length > ANSWER_BYTES_MAX) asking.destroy();
      });
      // Whoever else listens there may answer to any path.
      const isOurs = response.statusCode === 200 && response.headers[SERVICE_HEADER] !== undefined;
      response.on('end', () => done(isOurs ? body : null));
      response.on('error', nothing);
    });
    asking.on('error', nothing);
    asking.on('close', nothing);
    asking.end();
  });
};

/** Null: at no address of this machine. */
function addressOf(
  settings: Settings,
): { readonly host: string; readonly port: number } | { readonly socketPath: string } | null {
  if (settings.ListenSocket !== '') return { socketPath: settings.ListenSocket };
  const address = listenAddress(settings.ListenAddress, false);
  if (address.kind === 'refused') return null;
  const isEverywhere = [EVERY_ADDRESS, '0.0.0.0'].includes(address.host);
  return { host: isEverywhere ? '127.0.0.1' : address.host, port: address.port };
}
