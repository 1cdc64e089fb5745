import { describe, expect, it, vi } from 'vitest';
import type { SqlOutcome } from '../../sim/sql-session.ts';
import { dial, driver, loggedInRawClient, openDoor, patientMillis, tryToDial } from './testing/clients.ts';
import { done, failed, rowsOf } from './testing/outcomes.ts';
import { queryPayload } from './testing/raw-client.ts';
import { SmallServer, waitStatement } from './testing/small-server.ts';

const one = { one: rowsOf({ n: 1 }) };

/** What the product reads of a door behind which these are the outcomes of statements. */
async function ask(outcomes: Readonly<Record<string, SqlOutcome>>, sql: string) {
  const wire = await dial(await openDoor(new SmallServer(outcomes)));
  return wire.ask(sql, patientMillis);
}

describe('the driver reads what the server meant', () => {
  it('values of every kind', async () => {
    const outcomes = {
      everything: rowsOf(
        {
          text: 'Grüße, 世界 🚀',
          empty: '',
          small: -1,
          large: 9_007_199_254_740_991,
          larger: 18_446_744_073_709_551_615n,
        },
        [null, null, null, null, null],
      ),
    };
    const [first, second] = [
      { text: 'Grüße, 世界 🚀', empty: '', small: -1, large: 9_007_199_254_740_991, larger: '18446744073709551615' },
      { text: null, empty: null, small: null, large: null, larger: null },
    ];
    expect(await ask(outcomes, 'everything')).toEqual({ kind: 'complete', results: [[first, second]] });
  });

  it('texts of all lengths, of one byte a character and of more', async () => {
    // Around the limits of the protocol's lengths, and those of the writer.
    const lengths = [1, 31, 32, 33, 82, 83, 84, 249, 250, 251, 252, 65_534, 65_535, 65_536, 70_000, 2_000_000];
    const texts = lengths.flatMap((length) => ['x'.repeat(length), 'é'.repeat(length), '世'.repeat(length)]);
    const outcomes = { texts: rowsOf({ text: 'first' }, ...texts.map((text) => [text])) };
    const answer = await ask(outcomes, 'texts');
    expect(answer.results[0]?.slice(1).map((row) => row['text'])).toEqual(texts);
  });

  it('a result set without rows', async () => {
    const columns = [{ name: 'Host', type: 'text' as const }];
    const connection = await driver(await openDoor(new SmallServer({ none: { kind: 'rows', columns, rows: [] } })));
    const [rows, fields] = await connection.query('none');
    expect(rows).toEqual([]);
    expect(fields.map(({ name }) => name)).toEqual(['Host']);
  });

  it('more rows than sequence numbers', async () => {
    const rows = Array.from({ length: 1_000 }, (_, index) => [index]);
    const answer = await ask({ many: rowsOf({ n: -1 }, ...rows) }, 'many');
    expect(answer.results[0]).toHaveLength(1_001);
  });

  it('how many rows were affected', async () => {
    const connection = await driver(
      await openDoor(new SmallServer({ none: done(0), few: done(7), many: done(300), most: done(2 ** 40) })),
    );
    const affected: unknown[] = [];
    for (const sql of ['none', 'few', 'many', 'most']) affected.push((await connection.query(sql))[0]);
    expect(affected).toMatchObject([0, 7, 300, 2 ** 40].map((affectedRows) => ({ affectedRows })));
  });

  it('an error by its number, SQL state and message', async () => {
    const outcomes = { denied: failed(1227, '42000', 'Access denied; you need the SUPER privilege') };
    const failure = {
      kind: 'server-error',
      phase: 'answer',
      number: 1227,
      sqlState: '42000',
      text: 'Error 1227 (42000): Access denied; you need the SUPER privilege',
    };
    expect(await ask(outcomes, 'denied')).toEqual({ kind: 'failed', results: [], failure });
  });

  it('an SQL state that is none as the general one', async () => {
    const answer = await ask({ odd: failed(3999, '', 'odd') }, 'odd');
    expect(answer).toMatchObject({ failure: { number: 3999, sqlState: 'HY000' } });
  });
});

describe('a packet of several statements', () => {
  const outcomes = {
    one: rowsOf({ n: 1 }),
    three: rowsOf({ a: 'x', b: 2 }, ['y', 3]),
    set: done(0),
    wrong: failed(1193, 'HY000', 'Unknown system variable'),
  };

  it('has the results of all of them, in order', async () => {
    const answer = await ask(outcomes, 'one; set; three; one');
    const three = [
      { a: 'x', b: 2 },
      { a: 'y', b: 3 },
    ];
    expect(answer).toEqual({ kind: 'complete', results: [[{ n: 1 }], [], three, [{ n: 1 }]] });
  });

  it('keeps the results before an error, and the connection goes on', async () => {
    const wire = await dial(await openDoor(new SmallServer(outcomes)));
    const answer = await wire.ask('one; three; wrong; one', patientMillis);
    expect(answer).toMatchObject({ kind: 'failed', failure: { number: 1193 } });
    expect(answer.results.map((rows) => rows.length)).toEqual([1, 2]);
    expect(await wire.ask('one', patientMillis)).toMatchObject({ kind: 'complete', results: [[{ n: 1 }]] });
  });

  it('without a statement in it is an error, as nothing at all would be waited for', async () => {
    const server = new SmallServer();
    server.outcomesOf = () => [];
    const wire = await dial(await openDoor(server));
    expect(await wire.ask('-- nothing', patientMillis)).toMatchObject({ failure: { number: 1065 } });
  });
});

describe('answers that come later', () => {
  it('are waited for; other sessions are not', async () => {
    const server = new SmallServer({ one: rowsOf({ n: 1 }) });
    const door = await openDoor(server);
    const [waiter, other] = [await dial(door), await dial(door)];
    const answer = waiter.ask(`one; ${waitStatement}`, patientMillis);
    await vi.waitFor(() => expect(server.waitingCount).toBe(1));
    expect(await other.ask('one', patientMillis)).toMatchObject({ kind: 'complete' });
    server.answerWaiting();
    expect(await answer).toEqual({ kind: 'complete', results: [[{ n: 1 }], []] });
  });

  it('keep the session of a client that gave up waiting, until another ends it or it is answered', async () => {
    const server = new SmallServer();
    const door = await openDoor(server);
    const [patient, gone] = [await dial(door), await dial(door)];
    await gone.ask(waitStatement, 1);
    await vi.waitFor(() => expect(server.waitingCount).toBe(1));
    // Whatever the door makes of the goodbye it has made by then.
    await patient.ask('SELECT CONNECTION_ID()', patientMillis);
    expect([...server.sessions.keys()]).toEqual([1, 2]);
    server.answerWaiting();
    await vi.waitFor(() => expect([...server.sessions.keys()]).toEqual([1]));
    await vi.waitFor(() => expect(door.connectionCount).toBe(1));
  });
});

describe('sessions', () => {
  it('are those that the greeting told, also when another logs in first', async () => {
    const server = new SmallServer();
    const door = await openDoor(server);
    const wires = await Promise.all([dial(door, { user: 'one' }), dial(door, { user: 'two' }), dial(door)]);
    for (const wire of wires) {
      const { id, clientPort } = wire.session;
      expect(server.sessions.get(id)).toMatchObject({ clientHost: '127.0.0.1', clientPort });
      const answer = await wire.ask('SELECT CONNECTION_ID()', patientMillis);
      expect(answer.results).toEqual([[{ id }]]);
    }
    expect([...server.sessions.values()].map(({ user }) => user).sort()).toEqual(['one', 'orchestrator', 'two']);
  });

  it('end when the client says goodbye, and when it just goes', async () => {
    const server = new SmallServer();
    const door = await openDoor(server);
    const [polite, rude] = [await driver(door), await dial(door)];
    expect(server.sessions.size).toBe(2);
    await polite.end();
    await vi.waitFor(() => expect(server.sessions.size).toBe(1));
    rude.destroy();
    await vi.waitFor(() => expect(server.sessions.size).toBe(0));
    await vi.waitFor(() => expect(door.connectionCount).toBe(0));
  });

  it('that the server ends are cut', async () => {
    const server = new SmallServer();
    const door = await openDoor(server);
    const onBroken = vi.fn();
    const [killed, waiting] = [await dial(door, { onBroken }), await dial(door)];
    const answer = waiting.ask(waitStatement, patientMillis);
    await vi.waitFor(() => expect(server.waitingCount).toBe(1));
    server.kill(killed.session.id);
    server.kill(waiting.session.id);
    await vi.waitFor(() => expect(onBroken).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ kind: 'lost' })));
    expect(await answer).toMatchObject({ kind: 'failed', failure: { kind: 'lost' } });
    expect(await tryToDial(door)).toMatchObject({ kind: 'connected' });
  });

  it('that are refused read why', async () => {
    const server = new SmallServer();
    const door = await openDoor(server);
    server.refusal = failed(1040, '08004', 'Too many connections');
    const refused = await tryToDial(door);
    expect(refused).toMatchObject({
      kind: 'failed',
      failure: { kind: 'server-error', phase: 'connect', number: 1040 },
    });
    server.refusal = null;
    const wire = await dial(door);
    // The number of the refused one is not used again.
    expect(wire.session.id).toBe(2);
    await vi.waitFor(() => expect(door.connectionCount).toBe(1));
  });
});

describe('passwords, where the door asks for them', () => {
  const passwordOf = (user: string): string | null => ({ orchestrator: 'sécret', nobody: '' })[user] ?? null;

  it('let in who knows them', async () => {
    const door = await openDoor(new SmallServer(), { passwordOf });
    await dial(door, { user: 'orchestrator', password: 'sécret' });
    await dial(door, { user: 'nobody', password: '' });
    expect(door.connectionCount).toBe(2);
  });

  it.each([
    ['orchestrator', 'wrong', 'YES'],
    ['orchestrator', '', 'NO'],
    ['nobody', 'some', 'YES'],
    ['stranger', 'sécret', 'YES'],
  ])('keep out %s with password "%s"', async (user, password, using) => {
    const door = await openDoor(new SmallServer(), { passwordOf });
    const text = `Error 1045 (28000): Access denied for user '${user}'@'127.0.0.1' (using password: ${using})`;
    expect(await tryToDial(door, { user, password })).toMatchObject({
      kind: 'failed',
      failure: { number: 1045, text },
    });
  });
});

describe('commands other than statements', () => {
  it('ping and reset succeed', async () => {
    const connection = await driver(await openDoor(new SmallServer(one)));
    await connection.ping();
    await connection.reset();
    expect((await connection.query('one'))[0]).toEqual([{ n: 1 }]);
  });

  it('so does a change of database, of which there is none', async () => {
    const client = await loggedInRawClient(await openDoor(new SmallServer()));
    client.send(0, Buffer.from('\x02app'));
    await client.hears(3);
    expect(client.packets[2]?.payload[0]).toBe(0x00);
  });

  it('prepared statements and a change of user are refused, and the connection goes on', async () => {
    const connection = await driver(await openDoor(new SmallServer(one)));
    await expect(connection.execute('one')).rejects.toMatchObject({ errno: 1047, sqlState: '08S01' });
    await expect(connection.changeUser({ user: 'other' })).rejects.toMatchObject({ errno: 1047 });
    expect((await connection.query('one'))[0]).toEqual([{ n: 1 }]);
  });

  it('those without an answer by the protocol have none', async () => {
    const client = await loggedInRawClient(await openDoor(new SmallServer(one)));
    client.send(0, Buffer.from([0x19, 1, 0, 0, 0]));
    client.send(0, queryPayload('two'));
    await client.hears(3);
    expect(client.errorNumber).toBe(1064);
  });
});

describe('the server itself at fault', () => {
  it('a row longer than a packet may be is an error instead of what no client could read', async () => {
    const outcomes = { one: rowsOf({ n: 1 }), huge: rowsOf({ text: 'x'.repeat(0xff_ffff) }) };
    const answer = await ask(outcomes, 'one; huge; one');
    expect(answer).toMatchObject({ kind: 'failed', results: [[{ n: 1 }]], failure: { number: 1153 } });
  });

  it('a row without a value for every column is told to the server, not to clients', async () => {
    const server = new SmallServer();
    const columns = ['a', 'b'].map((name) => ({ name, type: 'text' as const }));
    server.outcomesOf = () => [{ kind: 'rows', columns, rows: [['only one']] }];
    const wire = await dial(await openDoor(server));
    const answer = wire.ask(waitStatement, patientMillis);
    await vi.waitFor(() => expect(server.waitingCount).toBe(1));
    expect(() => server.answerWaiting()).toThrow('a row has 1 values for 2 columns');
    wire.destroy();
    expect(await answer).toMatchObject({ kind: 'failed' });
  });
});
