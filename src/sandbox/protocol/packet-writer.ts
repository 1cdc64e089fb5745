// Packets into one buffer.

import { continuedPayloadBytes, headerBytes } from './numbers.ts';

const firstCapacityBytes = 64 * 1024;

/** A buffer that one large answer has made larger than this is given back afterwards. */
const keptCapacityBytes = 1024 * 1024;

/** UTF-8 needs at most three bytes for a UTF-16 unit: so many units always fit behind a length of one byte (at most 250). */
const shortTextUnits = 83;

/** Below this, writing characters one by one is faster than a call into the runtime. */
const tinyTextUnits = 32;

/** Ready-made packets; `sequenceOffsets` tells where each wants its sequence number. */
export interface PacketTemplate {
  readonly bytes: Buffer;
  readonly sequenceOffsets: readonly number[];
}

/** A place in an answer to go back to. */
export interface WriterMark {
  readonly end: number;
  readonly sequence: number;
}

/**
 * Writes the packets of one answer after another, all in the same scratch memory: a connection owns none. So an answer is written in one turn, from
 * `begin` to `finish`.
 */
export class PacketWriter {
  #bytes = Buffer.allocUnsafe(firstCapacityBytes);
  #end = 0;
  #packetStart = 0;
  #sequence = 0;

  /** Starts an answer whose first packet has this sequence number. */
  begin(sequence: number): void {
    this.#end = 0;
    this.#sequence = sequence & 0xff;
  }

  /** The answer, in memory of its own. */
  finish(): Buffer {
    const answer = Buffer.copyBytesFrom(this.#bytes, 0, this.#end);
    if (this.#bytes.length > keptCapacityBytes) this.#bytes = Buffer.allocUnsafe(firstCapacityBytes);
    return answer;
  }

  mark(): WriterMark {
    return { end: this.#end, sequence: this.#sequence };
  }

  /** Takes back what was written since. */
  rewind(mark: WriterMark): void {
    this.#end = mark.end;
    this.#sequence = mark.sequence;
  }

  startPacket(): void {
    this.#reserve(headerBytes);
    this.#packetStart = this.#end;
    this.#end += headerBytes;
  }

  /** False when the packet is longer than one may be: its answer must be rewound. */
  endPacket(): boolean {
    const payloadBytes = this.#end - this.#packetStart - headerBytes;
    if (payloadBytes >= continuedPayloadBytes) return false;
    this.#bytes.writeUIntLE(payloadBytes, this.#packetStart, 3);
    this.#bytes[this.#packetStart + 3] = this.#sequence;
    this.#sequence = (this.#sequence + 1) & 0xff;
    return true;
  }

  packets(template: PacketTemplate): void {
    this.#reserve(template.bytes.length);
    this.#bytes.set(template.bytes, this.#end);
    for (const offset of template.sequenceOffsets) {
      this.#bytes[this.#end + offset] = this.#sequence;
      this.#sequence = (this.#sequence + 1) & 0xff;
    }
    this.#end += template.bytes.length;
  }

  byte(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#end++] = value;
  }

  /** Least significant byte first, as all integers of the protocol. */
  integer(value: number, bytes: 2 | 3 | 4): void {
    this.#reserve(bytes);
    this.#end = this.#bytes.writeUIntLE(value, this.#end, bytes);
  }

  lengthEncodedInteger(value: number): void {
    if (value < 0xfb) {
      this.byte(value);
    } else if (value <= 0xffff) {
      this.byte(0xfc);
      this.integer(value, 2);
    } else if (value <= 0xff_ffff) {
      this.byte(0xfd);
      this.integer(value, 3);
    } else {
      this.byte(0xfe);
      this.#reserve(8);
      this.#end = this.#bytes.writeBigUInt64LE(BigInt(value), this.#end);
    }
  }

  zeros(count: number): void {
    this.#reserve(count);
    this.#bytes.fill(0, this.#end, (this.#end += count));
  }

  raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#end);
    this.#end += bytes.length;
  }

  text(text: string): void {
    this.#reserve(text.length * 3);
    this.#end += this.#bytes.write(text, this.#end, 'utf8');
  }

  textAndZero(text: string): void {
    this.text(text);
    this.byte(0);
  }

  lengthEncodedText(text: string): void {
    if (text.length > shortTextUnits) {
      this.lengthEncodedInteger(Buffer.byteLength(text, 'utf8'));
      this.text(text);
      return;
    }
    this.#reserve(1 + text.length * 3);
    const written = this.#tinyAscii(text) ?? this.#bytes.write(text, this.#end + 1, 'utf8');
    this.#bytes[this.#end] = written;
    this.#end += 1 + written;
  }

  /** Writes behind the length byte to come; null when the text is not tiny or not ASCII. */
  #tinyAscii(text: string): number | null {
    const units = text.length;
    if (units > tinyTextUnits) return null;
    const bytes = this.#bytes;
    const at = this.#end + 1;
    for (let index = 0; index < units; index++) {
      const unit = text.charCodeAt(index);
      if (unit > 0x7f) return null;
      bytes[at + index] = unit;
    }
    return units;
  }

  #reserve(bytes: number): void {
    if (this.#end + bytes <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(2 * (this.#end + bytes));
    this.#bytes.copy(larger, 0, 0, this.#end);
    this.#bytes = larger;
  }
}
