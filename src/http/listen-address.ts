/**
 * Where to listen: the configured text as host and port, and the safe choice where nobody chose (spec/http-api.md 1.1).
 */
export type ListenAddress =
  | { readonly kind: 'ok'; readonly host: string; readonly port: number }
  | { readonly kind: 'refused'; readonly reason: string };

/** All addresses, IPv6 and IPv4 alike. */
export const EVERY_ADDRESS = '::';
const LOOPBACK = '127.0.0.1';
const PORT_MAX = 65_535;

/**
 * `:3000`, `host:3000`, `[::1]:3000`. Port 0 lets the system choose.
 *
 * `guarded`: somebody chose the address on purpose, or a password is demanded. Without either, all the world could stop somebody's
 * replication with a GET: then only this machine is served.
 */
export function listenAddress(text: string, guarded: boolean, setting = 'ListenAddress'): ListenAddress {
  const match = /^(?:\[([^\]]*)\]|([^:]*)):(\d+)$/.exec(text.trim());
  const port = Number(match?.[3]);
  if (match === null || port > PORT_MAX) {
    return { kind: 'refused', reason: `${setting} ${JSON.stringify(text)} is not of the form host:port or :port` };
  }
  const host = match[1] ?? match[2] ?? '';
  if (host !== '') return { kind: 'ok', host, port };
  return { kind: 'ok', host: guarded ? EVERY_ADDRESS : LOOPBACK, port };
}
