import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { decodeLogin } from './decode-login.ts';
import type { SqlDoor } from './serve-sql.ts';
import { dial, driver, loggedInRawClient, openDoor, patientMillis, rawClient } from './testing/clients.ts';
import { rowsOf } from './testing/outcomes.ts';
import { loginPayload, packet, queryPayload } from './testing/raw-client.ts';
import { SmallServer, waitStatement } from './testing/small-server.ts';

const one = { one: rowsOf({ n: 1 }) };

/** The door still serves others. */
async function expectServed(door: SqlDoor): Promise<void> {
  const wire = await dial(door);
  expect(await wire.ask('one', patientMillis)).toMatchObject({ kind: 'complete' });
  wire.destroy();
}

describe('input cut by TCP', () => {
  it('byte by byte is the same conversation', async () => {
    const server = new SmallServer(one);
    const client = rawClient(await openDoor(server));
    const bytes = Buffer.concat([
      packet(1, loginPayload('raw')),
      packet(0, queryPayload('one')),
      packet(0, queryPayload('two')),
    ]);
    for (const [index] of bytes.entries()) {
      await new Promise((sent) => client.socket.write(bytes.subarray(index, index + 1), sent));
    }
    await vi.waitFor(() => expect(client.errorNumber).toBe(1064));
    expect(server.heard).toEqual(['one', 'two']);
  });

  it('many commands in one piece are answered one after the other, also when one has to wait', async () => {
    const server = new SmallServer(one);
    const client = await loggedInRawClient(await openDoor(server));
    const commands = ['one', waitStatement, 'one', 'two'].map((sql) => packet(0, queryPayload(sql)));
    client.socket.write(Buffer.concat(commands));
    await vi.waitFor(() => expect(server.heard).toEqual(['one', waitStatement]));
    server.answerWaiting();
    await vi.waitFor(() => expect(client.errorNumber).toBe(1064));
    expect(server.heard).toEqual(['one', waitStatement, 'one', 'two']);
  });

  it('commands before a goodbye are answered first', async () => {
    const server = new SmallServer(one);
    const client = await loggedInRawClient(await openDoor(server));
    client.socket.end(Buffer.concat([packet(0, queryPayload('one')), packet(0, queryPayload('two'))]));
    await client.end();
    expect(client.errorNumber).toBe(1064);
  });

  it('ten thousand commands that nobody reads the answers of do not pile up as answers', async () => {
    const server = new SmallServer({ long: rowsOf({ text: 'x'.repeat(100_000) }) });
    const door = await openDoor(server);
    const client = await loggedInRawClient(door);
    client.socket.pause();
    client.socket.write(Buffer.concat(Array.from({ length: 10_000 }, () => packet(0, queryPayload('long')))));
    await vi.waitFor(() => expect(server.heard.length).toBeGreaterThan(10));
    // As many as the kernel takes; 10,000 would be a gigabyte.
    const other = await dial(door);
    let before = 0;
    await vi.waitFor(async () => {
      await other.ask('long', patientMillis);
      const heard = server.heard.filter((sql) => sql === 'long').length;
      const isSteady = heard === before + 1;
      before = heard;
      expect(isSteady).toBe(true);
    });
    expect(server.heard.length).toBeLessThan(1_000);
  });
});

describe('logging in', () => {
  it('by another method is asked for again by ours', async () => {
    const client = rawClient(await openDoor(new SmallServer()));
    client.send(1, loginPayload('raw', 'caching_sha2_password', Buffer.alloc(32)));
    await client.hears(2);
    const asked = client.packets[1];
    expect([asked?.sequence, asked?.payload[0]]).toEqual([2, 0xfe]);
    expect(asked?.payload.toString('latin1')).toContain('mysql_native_password\0');
    client.send(3, Buffer.alloc(0));
    await client.hears(3);
    const welcome = client.packets[2];
    expect([welcome?.sequence, welcome?.payload[0]]).toEqual([4, 0x00]);
  });

  it('with garbage ends in an error, never in an exception', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        decodeLogin(Buffer.from(bytes));
      }),
    );
    fc.assert(
      fc.property(fc.nat(100), fc.nat(255), (at, byte) => {
        const payload = loginPayload('somebody', 'mysql_native_password', Buffer.alloc(20));
        payload[at % payload.length] = byte;
        decodeLogin(payload);
        decodeLogin(payload.subarray(0, at));
      }),
    );
  });
});

describe('a client that does not speak the protocol', () => {
  it.each([
    ['a web browser', Buffer.from('GET / HTTP/1.1\r\nHost: db\r\n\r\n'), 1156],
    ['zeros', Buffer.alloc(1_000), 1156],
    ['ones', Buffer.alloc(1_000, 0xff), 1156],
    ['an absurd length', Buffer.from([0xff, 0xff, 0xff, 1]), 1043],
    ['an empty answer to the greeting', packet(1, Buffer.alloc(0)), 1043],
    ['a protocol of old', packet(1, Buffer.from('\x05\x00\x00\x00\x00root\0')), 1043],
    ['a request for TLS', packet(1, Buffer.concat([Buffer.from([0, 0x0a, 0, 0]), Buffer.alloc(28)])), 1043],
    ['a token longer than the packet', packet(1, loginPayload('raw').subarray(0, 36).fill(0xfa, 36)), 1043],
  ])('%s: an error and the end', async (_, bytes, number) => {
    const door = await openDoor(new SmallServer(one));
    const client = rawClient(door);
    await client.hears(1);
    client.socket.write(bytes);
    await client.end();
    await vi.waitFor(() => expect(door.connectionCount).toBe(0));
    expect(client.errorNumber).toBe(number);
    await expectServed(door);
  });

  it('whatever is sent, before or after logging in, others are served', { timeout: 60_000 }, async () => {
    const door = await openDoor(new SmallServer(one));
    const inputs = fc.sample(fc.tuple(fc.boolean(), fc.nat(3), fc.uint8Array({ maxLength: 200 })), {
      numRuns: 200,
      seed: 1,
    });
    for (const [isLoggedIn, sequence, bytes] of inputs) {
      const client = isLoggedIn ? await loggedInRawClient(door) : rawClient(door);
      client.socket.end(sequence < 2 ? packet(sequence, bytes) : bytes);
      await client.end();
    }
    await vi.waitFor(() => expect(door.connectionCount).toBe(0));
    await expectServed(door);
  });

  it('an unknown or empty command is an error, and the next one is heard', async () => {
    const client = await loggedInRawClient(await openDoor(new SmallServer()));
    for (const payload of [Buffer.alloc(0), Buffer.from([0x04]), Buffer.from([0xff, 1, 2])]) {
      const before = client.packets.length;
      client.send(0, payload);
      await client.hears(before + 1);
      expect(client.errorNumber).toBe(1047);
    }
  });

  it.each([
    ['until its statement has ended', (server: SmallServer) => server.answerWaiting()],
    ['until it is killed', (server: SmallServer) => server.kill(1)],
  ])('a reset is no exception, and leaves the session %s', async (_, endSession) => {
    const server = new SmallServer(one);
    const door = await openDoor(server);
    const client = await loggedInRawClient(door);
    client.send(0, queryPayload(waitStatement));
    await vi.waitFor(() => expect(server.waitingCount).toBe(1));
    client.socket.resetAndDestroy();
    await expectServed(door);
    await vi.waitFor(() => expect([...server.sessions.keys()]).toEqual([1]));
    endSession(server);
    expect(server.sessions.size).toBe(0);
    await vi.waitFor(() => expect(door.connectionCount).toBe(0));
  });
});

describe('packets of 16 MB and more', () => {
  it('are refused with an error and the end, having been thrown away as they came', async () => {
    const server = new SmallServer(one);
    const door = await openDoor(server);
    const connection = await driver(door);
    const refused = connection.query('x'.repeat(40_000_000));
    await expect(refused).rejects.toMatchObject({ errno: 1153, sqlState: '08S01' });
    await vi.waitFor(() => expect(door.connectionCount).toBe(0));
    expect(server.heard).toEqual([]);
  });

  it('one byte less is heard', async () => {
    const server = new SmallServer();
    const client = await loggedInRawClient(await openDoor(server));
    const sql = 'y'.repeat(0xff_ffff - 2);
    client.send(0, queryPayload(sql));
    await client.hears(3);
    expect(client.errorNumber).toBe(1064);
    expect(server.heard.map(({ length }) => length)).toEqual([sql.length]);
  });
});
