/**
 * The name service of the operating system and of DNS.
 */
import { lookup, resolveCname } from 'node:dns/promises';
import { connect, isIP } from 'node:net';
import type { NameService } from '../ports/name-service.ts';

export const systemNameService: NameService = {
  async address(hostname) {
    try {
      return (await lookup(hostname, { order: 'ipv4first' })).address;
    } catch {
      return null;
    }
  },

  async canonicalName(hostname) {
    if (isIP(hostname) !== 0) return hostname;
    try {
      const [canonical] = await resolveCname(hostname);
      return (canonical ?? hostname).replace(/\.$/, '');
    } catch (error) {
      const isWithoutAlias = error instanceof Error && 'code' in error && error.code === 'ENODATA';
      return isWithoutAlias ? hostname : null;
    }
  },

  reach({ hostname, port }, timeoutMillis) {
    const { promise, resolve } = Promise.withResolvers<string | null>();
    const socket = connect({ host: hostname, port });
    socket.setTimeout(timeoutMillis, () => resolve('i/o timeout'));
    socket.on('connect', () => resolve(null));
    socket.on('error', (error) =>
      resolve('code' in error && error.code === 'ECONNREFUSED' ? 'connection refused' : error.message),
    );
    return promise.finally(() => socket.destroy());
  },
};
