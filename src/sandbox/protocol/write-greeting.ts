// What the server says before the client has said who it is.

import { capability, characterSet, nativePassword, status } from './numbers.ts';
import type { PacketWriter } from './packet-writer.ts';

const protocolVersion = 10;
const firstScrambleBytes = 8;
const authenticationSwitchMark = 0xfe;

/**
 * No TLS, no compression, no LOCAL INFILE, no session tracking, and EOF packets as of old: every client does without them. `longPassword` says that
 * the last reserved bytes are not the extended capabilities of MariaDB.
 */
const capabilities =
  capability.longPassword |
  capability.foundRows |
  capability.longFlag |
  capability.connectWithDatabase |
  capability.protocol41 |
  capability.interactive |
  capability.transactions |
  capability.secureConnection |
  capability.multiStatements |
  capability.multiResults |
  capability.pluginAuth |
  capability.connectAttributes |
  capability.pluginAuthTokenLengthEncoded;

/** The first packet of a connection: handshake version 10. */
export function writeGreeting(writer: PacketWriter, version: string, connectionId: number, scramble: Buffer): void {
  writer.startPacket();
  writer.byte(protocolVersion);
  writer.textAndZero(version);
  writer.integer(connectionId >>> 0, 4);
  writer.raw(scramble.subarray(0, firstScrambleBytes));
  writer.byte(0);
  writer.integer(capabilities & 0xffff, 2);
  writer.byte(characterSet.utf8mb4);
  writer.integer(status.autocommit, 2);
  writer.integer(capabilities >>> 16, 2);
  // Length of the scramble with the zero that ends it.
  writer.byte(scramble.length + 1);
  writer.zeros(10);
  writer.raw(scramble.subarray(firstScrambleBytes));
  writer.byte(0);
  writer.textAndZero(nativePassword);
  writer.endPacket();
}

/** Asks a client that has answered with another authentication method for ours. */
export function writeAuthenticationSwitch(writer: PacketWriter, scramble: Buffer): void {
  writer.startPacket();
  writer.byte(authenticationSwitchMark);
  writer.textAndZero(nativePassword);
  writer.raw(scramble);
  writer.byte(0);
  writer.endPacket();
}
