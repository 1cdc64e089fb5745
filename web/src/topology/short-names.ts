/** Host names without the domain that all servers of a cluster share, so that what tells them apart fits on a card. */
import type { ServerKey } from '../model/server.ts';

/**
 * The domain that all hosts share, with its leading dot: `.prod.example.com`; '' when they share none, or when one of them is an
 * address, or when there is only one server.
 */
export function sharedDomain(keys: readonly ServerKey[]): string {
  const hosts = keys.map((key) => key.slice(0, key.lastIndexOf(':')));
  const [first, ...others] = hosts;
  if (first === undefined || others.length === 0 || hosts.some(isAddress)) return '';
  const labels = first.split('.');
  for (let start = 1; start < labels.length; start += 1) {
    const domain = `.${labels.slice(start).join('.')}`;
    if (others.every((host) => host.endsWith(domain))) return domain;
  }
  return '';
}

/** IPv6, or digits after the last dot: no domain name ends so. */
function isAddress(host: string): boolean {
  return host.includes(':') || /(^|\.)\d+$/.test(host);
}

/** `db-2.prod.example.com:3306` → `db-2:3306`. */
export function shortName(key: ServerKey, domain: string): string {
  const colon = key.lastIndexOf(':');
  const host = key.slice(0, colon);
  return domain !== '' && host.endsWith(domain) ? host.slice(0, -domain.length) + key.slice(colon) : key;
}
