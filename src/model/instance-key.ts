/**
 * Instance key: the address by which people and programs know a server, `host:port`.
 *
 * It is the public identity (JSON, cluster names, audit); what tells servers apart inside is `server_uuid`.
 * Rules: spec/topology-operations.md 1.1, spec/discovery.md 1.
 */
import type { Brand } from './brand.ts';

export interface InstanceKey {
  readonly hostname: string;
  readonly port: number;
}

/** The key's text as a key of a Map: a key object itself is compared by reference there. */
export type KeyId = Brand<string, 'KeyId'>;

/** `reason` is the contract's text, fit for a person (spec/http-api.md, fixed texts). */
export type InstanceKeyParse =
  | { readonly kind: 'ok'; readonly key: InstanceKey }
  | { readonly kind: 'refused'; readonly reason: string };

/** Hostname that a reset writes where a source was: "no source". */
export const NO_SOURCE_HOSTNAME = '_';

/** In front of a hostname it makes the address unreachable on purpose and reversibly. */
const DETACHED_PREFIX = '//';

const HOST_AND_PORT = /^([^:]+):([0-9]+)$/;
const BRACKETED_IPV6_AND_PORT = /^\[([:0-9a-fA-F]+)\]:([0-9]+)$/;
const BARE_IPV6 = /^[:0-9a-fA-F]+$/;
const IPV4 = /^[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+$/;
const DIGITS = /^[0-9]+$/;

/**
 * Reads `host:port`, `host`, `[ipv6]:port` or `ipv6`, in this order; no resolving, no trimming.
 * A missing port becomes `defaultPort`. Port 0 and the host `_` are read, but make a key that is not valid.
 */
export function parseInstanceKey(text: string, defaultPort: number): InstanceKeyParse {
  if (text === '') return instanceKeyFrom(text, String(defaultPort));
  const withPort = HOST_AND_PORT.exec(text) ?? BRACKETED_IPV6_AND_PORT.exec(text);
  if (withPort !== null) return instanceKeyFrom(withPort[1] ?? '', withPort[2] ?? '');
  if (!text.includes(':') || BARE_IPV6.test(text)) return { kind: 'ok', key: { hostname: text, port: defaultPort } };
  return { kind: 'refused', reason: `Cannot parse address: ${text}` };
}

/** A key of two texts that come apart, as in `/api/<name>/:host/:port`. Refuses an empty host and a port that is no number. */
export function instanceKeyFrom(hostname: string, portText: string): InstanceKeyParse {
  if (hostname === '') return { kind: 'refused', reason: 'NewResolveInstanceKey: Empty hostname' };
  const port = DIGITS.test(portText) ? Number(portText) : Number.NaN;
  if (!Number.isSafeInteger(port)) return { kind: 'refused', reason: `Invalid port: ${portText}` };
  return { kind: 'ok', key: { hostname, port } };
}

/**
 * `host:port`, also for IPv6, without brackets: cluster names, columns and clients have it so. Not to be parsed again
 * (`::1:3306` is an IPv6 address too) and not to be dialled: see `addressOf`.
 */
export function instanceKeyText(key: InstanceKey): string {
  return `${key.hostname}:${key.port}`;
}

/** Identity for Maps and Sets. Two keys never share one: what follows the last colon is the port. */
export function keyId(key: InstanceKey): KeyId {
  return instanceKeyText(key) as KeyId;
}

/**
 * Where to open a connection: host without brackets and port apart, as socket libraries want IPv6.
 * Null for a key that is not valid: `//host`, `_` and port 0 must never be dialled.
 */
export function addressOf(key: InstanceKey): { readonly host: string; readonly port: number } | null {
  if (!isValidKey(key)) return null;
  const bracketed = /^\[(.+)\]$/.exec(key.hostname);
  return { host: bracketed?.[1] ?? key.hostname, port: key.port };
}

/** Names a server that can exist: a host, not `_`, not detached, a port above 0. */
export function isValidKey(key: InstanceKey): boolean {
  return key.hostname !== '' && key.hostname !== NO_SOURCE_HOSTNAME && !isDetachedKey(key) && key.port > 0;
}

export function isDetachedKey(key: InstanceKey): boolean {
  return key.hostname.startsWith(DETACHED_PREFIX);
}

/** The key with `//` in front of its host; a detached key stays as it is. */
export function detachKey(key: InstanceKey): InstanceKey {
  return isDetachedKey(key) ? key : { hostname: DETACHED_PREFIX + key.hostname, port: key.port };
}

/** Undoes `detachKey`; an attached key stays as it is. */
export function reattachKey(key: InstanceKey): InstanceKey {
  return isDetachedKey(key) ? { hostname: key.hostname.slice(DETACHED_PREFIX.length), port: key.port } : key;
}

/** Same host (case matters) and port. Nothing equals "no key", not even another "no key". */
export function sameKey(one: InstanceKey | null | undefined, other: InstanceKey | null | undefined): boolean {
  if (one == null || other == null) return false;
  return one.hostname === other.hostname && one.port === other.port;
}

/** Order of lists of keys: host as text, then port. Negative when `one` comes first. */
export function compareKeys(one: InstanceKey, other: InstanceKey): number {
  if (one.hostname !== other.hostname) return one.hostname < other.hostname ? -1 : 1;
  return one.port - other.port;
}

/**
 * The host is four groups of digits, range not checked. Such a host is never completed by fuzzy look-up: `10.0.0.1` must not find
 * `10.0.0.15`.
 */
export function isIpv4(key: InstanceKey): boolean {
  return IPV4.test(key.hostname);
}
