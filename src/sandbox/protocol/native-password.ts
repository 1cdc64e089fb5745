// The authentication method mysql_native_password: the client proves its password with a hash salted by what the server sent.

import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

const scrambleBytes = 20;

/** Random, without zeros: clients read it as a text that ends at the first one. */
export function newScramble(): Buffer {
  const scramble = randomBytes(scrambleBytes);
  for (const [index, byte] of scramble.entries()) scramble[index] = byte & 0x7f || 1;
  return scramble;
}

/** Whether the token that came back for this scramble was made with this password. No password: an empty token. */
export function provesPassword(token: Uint8Array, scramble: Uint8Array, password: string): boolean {
  const expected = password === '' ? Buffer.alloc(0) : tokenOf(password, scramble);
  return token.length === expected.length && timingSafeEqual(token, expected);
}

/** SHA1(password) XOR SHA1(scramble + SHA1(SHA1(password))). */
function tokenOf(password: string, scramble: Uint8Array): Buffer {
  const once = sha1(Buffer.from(password, 'utf8'));
  const salted = sha1(Buffer.concat([scramble, sha1(once)]));
  for (const [index, byte] of once.entries()) salted.writeUInt8(salted.readUInt8(index) ^ byte, index);
  return salted;
}

function sha1(bytes: Uint8Array): Buffer {
  return createHash('sha1').update(bytes).digest();
}
