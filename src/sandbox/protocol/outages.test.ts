import { describe, expect, it, vi } from 'vitest';
import type { ServerWire } from '../../ports/server-wire.ts';
import { serveSql } from './serve-sql.ts';
import { dial, openDoor, patientMillis, rawClient, tryToDial } from './testing/clients.ts';
import { rowsOf } from './testing/outcomes.ts';
import { SmallServer, waitStatement } from './testing/small-server.ts';

const one = { one: rowsOf({ n: 1 }) };
const answered = { kind: 'complete', results: [[{ n: 1 }]] };

/** When everything has happened that the loopback needs no time for: a client of another door was answered. */
async function othersWereServed(): Promise<void> {
  const wire = await dial(await openDoor(new SmallServer(one)));
  await wire.ask('one', patientMillis);
  wire.destroy();
}

describe('a process that hangs', () => {
  it('lets clients connect and tells them nothing until it goes on', async () => {
    const door = await openDoor(new SmallServer(one));
    door.pause();
    expect(await tryToDial(door, { connectTimeoutMillis: 50 })).toMatchObject({ failure: { kind: 'timeout' } });
    const dialling = dial(door);
    await vi.waitFor(() => expect(door.connectionCount).toBe(2));
    await othersWereServed();
    door.resume();
    const wire = await dialling;
    expect(await wire.ask('one', patientMillis)).toEqual(answered);
  });

  it('reads no statement before it goes on', async () => {
    const server = new SmallServer(one);
    const door = await openDoor(server);
    const wire = await dial(door);
    door.pause();
    const answer = wire.ask('one', patientMillis);
    await othersWereServed();
    expect(server.heard).toEqual([]);
    door.resume();
    expect(await answer).toEqual(answered);
  });

  it('keeps to itself what its server has answered, until it goes on', async () => {
    const server = new SmallServer(one);
    const door = await openDoor(server);
    const wire = await dial(door);
    const heard = vi.fn();
    const answer = wire.ask(`one; ${waitStatement}`, patientMillis).finally(heard);
    await vi.waitFor(() => expect(server.waitingCount).toBe(1));
    door.pause();
    server.answerWaiting();
    await othersWereServed();
    expect(heard).not.toHaveBeenCalled();
    door.resume();
    expect(await answer).toMatchObject({ kind: 'complete', results: [[{ n: 1 }], []] });
  });

  it('does not answer a goodbye: who waits for that waits', async () => {
    const server = new SmallServer();
    const door = await openDoor(server);
    const client = rawClient(door);
    await client.hears(1);
    door.pause();
    client.socket.end();
    await othersWereServed();
    expect(client.isEnded).toBe(false);
    door.resume();
    await client.end();
  });

  it('loses the oldest of too many newcomers, who has given up by then', async () => {
    const door = await openDoor(new SmallServer());
    door.pause();
    const oldest = rawClient(door);
    await vi.waitFor(() => expect(door.connectionCount).toBe(1));
    const others = Array.from({ length: 80 }, () => rawClient(door));
    await oldest.end();
    expect(others.some(({ isEnded }) => isEnded)).toBe(false);
  });

  it('makes a client that sends on and on wait, instead of keeping it all', async () => {
    const server = new SmallServer();
    const door = await openDoor(server);
    const client = rawClient(door);
    door.pause();
    const much = Buffer.alloc(32 * 1024 * 1024);
    expect(client.socket.write(much)).toBe(false);
    await othersWereServed();
    expect(client.socket.writableLength).toBeGreaterThan(0);
    door.resume();
    // What it sent was no answer to a greeting.
    await client.end();
  });

  it('may be killed', async () => {
    const door = await openDoor(new SmallServer(one));
    const wire = await dial(door);
    door.pause();
    const answer = wire.ask('one', patientMillis);
    door.close();
    expect(await answer).toMatchObject({ failure: { kind: 'lost' } });
    await door.open();
    expect(await (await dial(door)).ask('one', patientMillis)).toEqual(answered);
  });
});

describe('a process that is killed', () => {
  it('cuts every client at once and refuses new ones, until it is started again on its port', async () => {
    const server = new SmallServer(one);
    const door = await openDoor(server);
    const { port } = door;
    const onBroken = vi.fn();
    await dial(door, { onBroken });
    const waiting = (await dial(door)).ask(waitStatement, patientMillis);
    await vi.waitFor(() => expect(server.waitingCount).toBe(1));

    door.close();
    expect(server.sessions.size).toBe(0);
    expect([door.isOpen, door.connectionCount]).toEqual([false, 0]);
    expect(await waiting).toMatchObject({ kind: 'failed', failure: { kind: 'lost' } });
    await vi.waitFor(() => expect(onBroken).toHaveBeenCalledOnce());
    expect(await tryToDial(door)).toMatchObject({ failure: { kind: 'refused' } });
    server.answerWaiting();

    await door.open();
    expect(door.port).toBe(port);
    expect(await (await dial(door)).ask('one', patientMillis)).toEqual(answered);
  });

  it('may be killed and started many times, and twice killed', async () => {
    const door = await openDoor(new SmallServer(one));
    for (let round = 0; round < 20; round++) {
      await dial(door);
      door.close();
      door.close();
      await door.open();
    }
    expect(await (await dial(door)).ask('one', patientMillis)).toEqual(answered);
  });

  it('is not open when it was killed while it started', async () => {
    const door = await openDoor(new SmallServer(one));
    door.close();
    const opening = door.open();
    door.close();
    await expect(opening).rejects.toThrow('was closed while it opened');
    expect(await tryToDial(door)).toMatchObject({ failure: { kind: 'refused' } });
  });
});

describe('doors', () => {
  it('do not open on a port that is taken', async () => {
    const server = new SmallServer();
    const { port } = await openDoor(server);
    await expect(serveSql({ server, host: '127.0.0.1', port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  it('serve a thousand clients', { timeout: 60_000 }, async () => {
    const server = new SmallServer(one);
    const door = await openDoor(server);
    const wires: ServerWire[] = [];
    for (let group = 0; group < 10; group++) {
      wires.push(
        ...(await Promise.all(Array.from({ length: 100 }, () => dial(door, { connectTimeoutMillis: 60_000 })))),
      );
    }
    expect(door.connectionCount).toBe(1_000);
    const answers = await Promise.all(wires.map((wire) => wire.ask('SELECT CONNECTION_ID()', 60_000)));
    expect(answers.map(({ results }) => results[0]?.[0]?.['id'])).toEqual(wires.map(({ session }) => session.id));
    for (const wire of wires) wire.destroy();
    await vi.waitFor(() => expect(server.sessions.size).toBe(0), patientMillis);
  });
});
