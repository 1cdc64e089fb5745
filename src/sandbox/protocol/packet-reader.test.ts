import fc from 'fast-check';
import { expect, it } from 'vitest';
import { PacketReader } from './packet-reader.ts';
import { packet } from './testing/raw-client.ts';

/** Everything that can be taken, as text. */
function takeAll(reader: PacketReader): string[] {
  const taken: string[] = [];
  for (;;) {
    const header = reader.header();
    const payload = header === null ? null : reader.take(header);
    if (header === null || payload === null) return taken;
    taken.push(`${header.sequence}:${payload.toString('hex')}`);
  }
}

const payloads = fc.array(fc.uint8Array({ maxLength: 600 }), { maxLength: 8 });

it('gives the same packets however their bytes are cut', () => {
  fc.assert(
    fc.property(payloads, fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1 }), (sent, cuts) => {
      const bytes = Buffer.concat(sent.map((payload, index) => packet(index, payload)));
      const reader = new PacketReader();
      const taken: string[] = [];
      for (let start = 0, cut = 0; start < bytes.length; cut++) {
        const end = start + (cuts[cut % cuts.length] ?? 1);
        reader.add(Buffer.from(bytes.subarray(start, end)));
        // Not after each chunk: what is not wanted yet must be kept.
        if (cut % 3 === 0) taken.push(...takeAll(reader));
        start = end;
      }
      taken.push(...takeAll(reader));
      expect(taken).toEqual(sent.map((payload, index) => `${index}:${Buffer.from(payload).toString('hex')}`));
      expect(reader.heldBytes).toBe(0);
    }),
  );
});

it('skips a packet that has arrived in part, and nothing behind it', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 50 }), fc.integer({ min: 4, max: 60 }), (skipped, firstBytes) => {
      const bytes = Buffer.concat([packet(7, skipped), packet(8, Buffer.from('kept'))]);
      const reader = new PacketReader();
      reader.add(bytes.subarray(0, firstBytes));
      const header = reader.header();
      if (header === null) throw new Error('four bytes are a header');
      reader.skip(header);
      reader.add(bytes.subarray(firstBytes));
      expect(takeAll(reader)).toEqual([`8:${Buffer.from('kept').toString('hex')}`]);
    }),
  );
});
