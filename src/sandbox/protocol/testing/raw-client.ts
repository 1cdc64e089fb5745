// For tests of the door: a client without a driver.

import { connect, type Socket } from 'node:net';

export interface RawPacket {
  readonly sequence: number;
  readonly payload: Buffer;
}

/** A client without a driver: sends any bytes, and hears whole packets. */
export class RawClient {
  readonly socket: Socket;
  readonly packets: RawPacket[] = [];
  /** Whether the server has said that nothing more comes, or has cut the connection. */
  isEnded = false;
  #bytes = Buffer.alloc(0);
  #waiting: (() => void)[] = [];

  constructor(port: number) {
    this.socket = connect({ host: '127.0.0.1', port, noDelay: true, allowHalfOpen: true });
    this.socket.on('data', (chunk: Buffer) => this.#received(chunk));
    this.socket.on('end', () => this.#ended());
    this.socket.on('close', () => this.#ended());
    this.socket.on('error', () => {});
  }

  /** Number of the error in the last packet. */
  get errorNumber(): number | undefined {
    const payload = this.packets.at(-1)?.payload;
    return payload?.[0] === 0xff ? payload.readUInt16LE(1) : undefined;
  }

  /** When so many packets have come. Rejects when there will be no more. */
  async hears(count: number): Promise<void> {
    while (this.packets.length < count) {
      if (this.isEnded) throw new Error(`the connection ended after ${this.packets.length} packets`);
      await this.#change();
    }
  }

  async end(): Promise<void> {
    while (!this.isEnded) await this.#change();
  }

  send(sequence: number, payload: Uint8Array): void {
    this.socket.write(packet(sequence, payload));
  }

  #change(): Promise<void> {
    return new Promise((changed) => void this.#waiting.push(changed));
  }

  #changed(): void {
    for (const changed of this.#waiting.splice(0)) changed();
  }

  #ended(): void {
    this.isEnded = true;
    this.#changed();
  }

  #received(chunk: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, chunk]);
    while (this.#bytes.length >= 4) {
      const end = 4 + this.#bytes.readUIntLE(0, 3);
      if (this.#bytes.length < end) break;
      this.packets.push({ sequence: this.#bytes.readUInt8(3), payload: this.#bytes.subarray(4, end) });
      this.#bytes = this.#bytes.subarray(end);
    }
    this.#changed();
  }
}

export function packet(sequence: number, payload: Uint8Array): Buffer {
  const header = Buffer.alloc(4);
  header.writeUIntLE(payload.length, 0, 3);
  header[3] = sequence;
  return Buffer.concat([header, payload]);
}

/** Protocol 4.1 with a token of counted length and a name of the method. */
const loginFlags = 0x200 | 0x8000 | 0x8_0000;

/** The answer to a greeting. */
export function loginPayload(user: string, method = 'mysql_native_password', token = Buffer.alloc(0)): Buffer {
  const fixed = Buffer.alloc(32);
  fixed.writeUInt32LE(loginFlags);
  return Buffer.concat([
    fixed,
    Buffer.from(`${user}\0`),
    Buffer.from([token.length]),
    token,
    Buffer.from(`${method}\0`),
  ]);
}

export function queryPayload(sql: string): Buffer {
  return Buffer.concat([Buffer.from([0x03]), Buffer.from(sql)]);
}
