/**
 * Packets that were parsed, by their text: a probe asks the same for ever. Bounded; what is asked again and again stays, since it moves to the younger
 * half whenever it is found in the older.
 */
import type { ParsedStatement } from './parse-packet.ts';

type Packet = readonly ParsedStatement[];

const HALF_PACKETS = 128;

export class PacketCache {
  readonly #parse: (sql: string) => Packet;
  #young = new Map<string, Packet>();
  #old = new Map<string, Packet>();

  constructor(parse: (sql: string) => Packet) {
    this.#parse = parse;
  }

  get(sql: string): Packet {
    const young = this.#young.get(sql);
    if (young !== undefined) return young;
    const packet = this.#old.get(sql) ?? this.#parse(sql);
    if (this.#young.size >= HALF_PACKETS) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(sql, packet);
    return packet;
  }
}
