/**
 * The name service of the operating system and of DNS.
 */
import { lookup, resolveCname } from 'node:dns/promises';
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
    try {
      const [canonical] = await resolveCname(hostname);
      return (canonical ?? hostname).replace(/\.$/, '');
    } catch (error) {
      const isWithoutAlias = error instanceof Error && 'code' in error && error.code === 'ENODATA';
      return isWithoutAlias ? hostname : null;
    }
  },
};
