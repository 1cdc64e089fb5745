/**
 * Who may come in, and who may change things (spec/http-api.md 1.6). Fails closed: a method that this version cannot check lets nobody act.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Settings } from '../config/settings.ts';

export type AccessSettings = Pick<
  Settings,
  'AuthenticationMethod' | 'HTTPAuthUser' | 'HTTPAuthPassword' | 'AuthUserHeader' | 'PowerAuthUsers' | 'ReadOnly'
>;

export type Access =
  /** `user`: '' for nobody in particular. `mayAct`: by method alone; `authorisedForAction` adds ReadOnly. */
  { readonly kind: 'open'; readonly user: string; readonly mayAct: boolean } | { readonly kind: 'denied' };

/** The one user of `multi` that is let in with any password, to look only. */
const LOOKING_USER = 'readonly';
const EVERYBODY = '*';

type Method = 'none' | 'basic' | 'multi' | 'proxy' | 'token' | 'oauth';
const METHODS: ReadonlySet<string> = new Set<Method>(['basic', 'multi', 'proxy', 'token', 'oauth']);

/** An unknown method is the same as none (contract). */
export function authenticationMethod(settings: Pick<AccessSettings, 'AuthenticationMethod'>): Method {
  const method = settings.AuthenticationMethod.trim().toLowerCase();
  return METHODS.has(method) ? (method as Method) : 'none';
}

/** Whether a password stands between a stranger and this node. */
export function demandsPassword(settings: Pick<AccessSettings, 'AuthenticationMethod'>): boolean {
  const method = authenticationMethod(settings);
  return method === 'basic' || method === 'multi';
}

/** Why the service must not start with these settings, or null. */
export function accessRefusal(settings: AccessSettings): string | null {
  if (authenticationMethod(settings) === 'multi' && settings.HTTPAuthUser === '') {
    return 'AuthenticationMethod is "multi" but HTTPAuthUser is empty: nobody could be told from anybody';
  }
  return null;
}

/** Decides by the headers of one request. */
export function accessOf(headers: IncomingHttpHeaders, settings: AccessSettings): Access {
  const access = accessByMethod(headers, settings);
  return access.kind === 'open' && isSentByAForeignPage(headers) ? { ...access, mayAct: false } : access;
}

/**
 * All actions are GET (contract), so any page in an engineer's browser could hold an image whose address fails over a cluster. Browsers say where
 * a request comes from; programs send no such header.
 */
function isSentByAForeignPage(headers: IncomingHttpHeaders): boolean {
  return headers['sec-fetch-site'] === 'cross-site';
}

function accessByMethod(headers: IncomingHttpHeaders, settings: AccessSettings): Access {
  switch (authenticationMethod(settings)) {
    case 'none':
      return { kind: 'open', user: '', mayAct: true };
    case 'basic':
      return basicAccess(headers, settings);
    case 'multi':
      return multiAccess(headers, settings);
    case 'proxy': {
      const user = firstHeader(headers, settings.AuthUserHeader);
      return {
        kind: 'open',
        user,
        mayAct: settings.PowerAuthUsers.some((power) => power === EVERYBODY || power === user),
      };
    }
    // Tokens cannot be exchanged yet and oauth is a placeholder of the contract: looking is open, acting is for nobody.
    case 'token':
    case 'oauth':
      return { kind: 'open', user: '', mayAct: false };
  }
}

/** The order of the action check: ReadOnly first, then the method. */
export function authorisedForAction(access: Access, settings: Pick<AccessSettings, 'ReadOnly'>): boolean {
  return !settings.ReadOnly && access.kind === 'open' && access.mayAct;
}

/** The name an acknowledgement is signed with; none on a read-only node. */
export function userOf(access: Access, settings: Pick<AccessSettings, 'ReadOnly'>): string {
  return settings.ReadOnly || access.kind === 'denied' ? '' : access.user;
}

function basicAccess(headers: IncomingHttpHeaders, settings: AccessSettings): Access {
  const expected = Buffer.from(`${settings.HTTPAuthUser}:${settings.HTTPAuthPassword}`).toString('base64');
  if (!sameSecret(headers.authorization ?? '', `Basic ${expected}`)) return { kind: 'denied' };
  return { kind: 'open', user: settings.HTTPAuthUser, mayAct: true };
}

function multiAccess(headers: IncomingHttpHeaders, settings: AccessSettings): Access {
  const credentials = basicCredentials(headers.authorization ?? '');
  if (credentials === null) return { kind: 'denied' };
  if (
    sameSecret(credentials.user, settings.HTTPAuthUser) &&
    sameSecret(credentials.password, settings.HTTPAuthPassword)
  ) {
    return { kind: 'open', user: credentials.user, mayAct: credentials.user !== LOOKING_USER };
  }
  if (credentials.user === LOOKING_USER) return { kind: 'open', user: LOOKING_USER, mayAct: false };
  return { kind: 'denied' };
}

function basicCredentials(header: string): { readonly user: string; readonly password: string } | null {
  const encoded = /^Basic +([A-Za-z0-9+/]+=*)$/i.exec(header)?.[1];
  if (encoded === undefined) return null;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon < 0 ? null : { user: text.slice(0, colon), password: text.slice(colon + 1) };
}

/** The first value of a header whose configured name may be in any case; '' for no header. */
function firstHeader(headers: IncomingHttpHeaders, name: string): string {
  const value = name === '' ? undefined : headers[name.trim().toLowerCase()];
  return Array.isArray(value) ? (value[0] ?? '') : (value ?? '');
}

/** Compares digests, so that neither the length nor the first wrong letter of a password shows in the time it takes. */
function sameSecret(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
