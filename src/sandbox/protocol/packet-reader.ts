// Packets out of a stream of bytes, however TCP has cut it.

import { headerBytes } from './numbers.ts';

export interface PacketHeader {
  readonly payloadBytes: number;
  readonly sequence: number;
}

const nothing = Buffer.alloc(0);

/**
 * Holds what has arrived and was not taken yet. Costs nothing while idle.
 *
 * What one chunk of the socket contains whole is never copied. A packet that spans chunks is gathered in a buffer that doubles: a list of chunks
 * would let a client that sends byte after byte keep a hundred bytes of ours for each of its own.
 */
export class PacketReader {
  #bytes: Buffer = nothing;
  #start = 0;
  #end = 0;
  #toSkip = 0;

  /** Bytes that wait to be taken. */
  get heldBytes(): number {
    return this.#end - this.#start;
  }

  /** Keeps the chunk itself, no copy: whoever gives it must not write to it any more. */
  add(chunk: Buffer): void {
    const skipped = Math.min(this.#toSkip, chunk.length);
    this.#toSkip -= skipped;
    if (skipped === chunk.length) return;
    const added = skipped === 0 ? chunk : chunk.subarray(skipped);
    if (this.heldBytes === 0) {
      this.#bytes = added;
      this.#start = 0;
      this.#end = added.length;
      return;
    }
    if (this.#end + added.length > this.#bytes.length) this.#moveToLarger(added.length);
    added.copy(this.#bytes, this.#end);
    this.#end += added.length;
  }

  /** The header of the next packet as soon as it is there, so that an absurd one can be refused before its payload is awaited. */
  header(): PacketHeader | null {
    if (this.heldBytes < headerBytes) return null;
    return {
      payloadBytes: this.#bytes.readUIntLE(this.#start, 3),
      sequence: this.#bytes.readUInt8(this.#start + 3),
    };
  }

  /** Takes the packet of this header off; null while it is not complete. The payload is a view: read it before the next `add`. */
  take(header: PacketHeader): Buffer | null {
    const packetBytes = headerBytes + header.payloadBytes;
    if (this.heldBytes < packetBytes) return null;
    const payload = this.#bytes.subarray(this.#start + headerBytes, this.#start + packetBytes);
    this.#forget(packetBytes);
    return payload;
  }

  /** Throws the packet of this header away, also what has yet to arrive of it. */
  skip(header: PacketHeader): void {
    const packetBytes = headerBytes + header.payloadBytes;
    const held = Math.min(packetBytes, this.heldBytes);
    this.#toSkip = packetBytes - held;
    this.#forget(held);
  }

  clear(): void {
    this.#forget(this.heldBytes);
  }

  #forget(bytes: number): void {
    this.#start += bytes;
    // An idle connection must not keep the chunk of its last command alive.
    if (this.#start === this.#end) {
      this.#bytes = nothing;
      this.#start = 0;
      this.#end = 0;
    }
  }

  #moveToLarger(bytesMore: number): void {
    const larger = Buffer.allocUnsafe(2 * (this.heldBytes + bytesMore));
    this.#bytes.copy(larger, 0, this.#start, this.#end);
    this.#end = this.heldBytes;
    this.#start = 0;
    this.#bytes = larger;
  }
}
