// What a client answers to the greeting.

import { capability, nativePassword } from './numbers.ts';

/** Capabilities, longest packet, character set, filler. */
const fixedPartBytes = 4 + 4 + 1 + 23;

export interface Login {
  readonly user: string;
  /** The proof of the password; empty without one. */
  readonly token: Buffer;
  /** Name of the authentication method that made the token. */
  readonly plugin: string;
}

/** Reads a HandshakeResponse41. Null for anything else: older protocols, a request for TLS, garbage. */
export function decodeLogin(payload: Buffer): Login | null {
  if (payload.length <= fixedPartBytes) return null;
  const flags = payload.readUInt32LE(0);
  if ((flags & capability.protocol41) === 0 || (flags & capability.tls) !== 0) return null;
  const user = zeroEnded(payload, fixedPartBytes);
  if (user === null) return null;
  const token = tokenAt(payload, user.next, flags);
  if (token === null) return null;
  // What database the client wants to use does not matter: there is none. Neither do its attributes, which come last.
  const before = (flags & capability.connectWithDatabase) === 0 ? token : zeroEnded(payload, token.next);
  if (before === null) return null;
  const plugin = (flags & capability.pluginAuth) === 0 ? null : zeroEnded(payload, before.next);
  return { user: user.value.toString('utf8'), token: token.value, plugin: plugin?.value.toString() || nativePassword };
}

interface Field {
  readonly value: Buffer;
  /** Where the next field begins. */
  readonly next: number;
}

function zeroEnded(payload: Buffer, start: number): Field | null {
  const end = payload.indexOf(0, start);
  return end < 0 ? null : { value: payload.subarray(start, end), next: end + 1 };
}

function tokenAt(payload: Buffer, start: number, flags: number): Field | null {
  const hasLength = (flags & (capability.pluginAuthTokenLengthEncoded | capability.secureConnection)) !== 0;
  if (!hasLength) return zeroEnded(payload, start);
  const length = payload[start];
  // Where the length may be of several bytes, these values announce them; no token is that long.
  if (length === undefined || length >= 0xfb || start + 1 + length > payload.length) return null;
  const next = start + 1 + length;
  return { value: payload.subarray(start + 1, next), next };
}
