import { describe, expect, it } from 'vitest';
import type { Answer, Rows, ServerWire } from '../ports/server-wire.ts';
import { END_CLIENT_SESSIONS } from './client-sessions.ts';
import { setSemiSyncSource } from './semi-sync-source.ts';
import { type Rendered, sendCommand } from './send-command.ts';

const OPTIONS = { account: 'orc', remainingMillis: () => 1_000 };

const session = (id: number, user: string, command = 'Sleep') => ({ ID: id, USER: user, COMMAND: command });

/** Answers each packet statement by statement, until one of them is refused with a number. */
function aWire(refusals: Readonly<Record<string, number>>, read: Rows = []): { wire: ServerWire; asked: string[] } {
  const asked: string[] = [];
  const ask = async (sql: string): Promise<Answer> => {
    asked.push(sql);
    const results: Rows[] = [];
    for (const statement of sql.split('; ')) {
      const number = refusals[statement];
      if (number !== undefined) return { kind: 'failed', results, failure: serverError(number) };
      results.push(/^S[EH]/.test(statement) && !statement.startsWith('SET') ? read : []);
    }
    return { kind: 'complete', results };
  };
  return {
    wire: { usable: true, session: { id: 1, clientPort: 1 }, ask, ping: async () => null, destroy: () => {} },
    asked,
  };
}

const serverError = (number: number) =>
  ({ kind: 'server-error', phase: 'answer', number, sqlState: '', text: `Error ${number}` }) as const;

async function send(rendered: Rendered, refusals: Readonly<Record<string, number>> = {}, read: Rows = []) {
  const { wire, asked } = aWire(refusals, read);
  const answer = await sendCommand(wire, rendered, OPTIONS);
  return { answer, asked };
}

describe('a command of several statements', () => {
  it('goes in one packet', async () => {
    expect((await send(['STOP REPLICA', 'RESET REPLICA ALL'])).asked).toEqual(['STOP REPLICA; RESET REPLICA ALL']);
  });

  it('stops at the first that is refused', async () => {
    const { answer, asked } = await send(['STOP REPLICA', 'RESET REPLICA ALL'], { 'STOP REPLICA': 1227 });
    expect(answer).toMatchObject({ kind: 'failed', results: [], failure: { number: 1227 } });
    expect(asked).toHaveLength(1);
  });
});

describe('ending the sessions of clients', () => {
  const READ = [
    session(5, 'system user', 'Connect'),
    session(6, 'event_scheduler', 'Daemon'),
    session(7, 'repl', 'Binlog Dump GTID'),
    session(8, 'orc'),
    session(9, 'unauthenticated user', 'Connect'),
    session(10, 'app'),
    session(11, 'app', 'Query'),
    session(12, 'report', 'Killed'),
  ];

  it('leaves the threads of the server, replicas and our own account alone', async () => {
    expect((await send(END_CLIENT_SESSIONS, {}, READ)).asked).toEqual([END_CLIENT_SESSIONS.reads, 'KILL 10; KILL 11']);
  });

  it('G1: ends a write probe of ours that waits: it would write on a server that is read-only to others', async () => {
    const probe = 'UPDATE `meta`.`probe` SET written_at = NOW(6) WHERE id = 1 AND UNIX_TIMESTAMP(NOW(6)) < 1.5';
    const own = [session(8, 'orc'), { ...session(13, 'orc', 'Query'), INFO: probe }];
    expect((await send(END_CLIENT_SESSIONS, {}, own)).asked).toEqual([END_CLIENT_SESSIONS.reads, 'KILL 13']);
  });

  it('sends nothing more where there is nobody', async () => {
    const { answer, asked } = await send(END_CLIENT_SESSIONS, {}, [session(8, 'orc')]);
    expect(answer.kind).toBe('complete');
    expect(asked).toEqual([END_CLIENT_SESSIONS.reads]);
  });

  it('goes on after one that has ended by itself', async () => {
    const { answer, asked } = await send(END_CLIENT_SESSIONS, { 'KILL 10': 1094 }, READ);
    expect(answer.kind).toBe('complete');
    expect(asked.slice(1)).toEqual(['KILL 10; KILL 11', 'KILL 11']);
  });

  it('also after the last', async () => {
    const { answer, asked } = await send(END_CLIENT_SESSIONS, { 'KILL 11': 1094 }, READ);
    expect(answer.kind).toBe('complete');
    expect(asked.slice(1)).toEqual(['KILL 10; KILL 11']);
  });

  it('fails where one may not be ended: what depends on it must not happen (G4)', async () => {
    const { answer } = await send(END_CLIENT_SESSIONS, { 'KILL 10': 1095 }, READ);
    expect(answer).toMatchObject({ kind: 'failed', failure: { number: 1095 } });
  });

  it('fails where nobody can be seen', async () => {
    const { answer } = await send(END_CLIENT_SESSIONS, { [END_CLIENT_SESSIONS.reads]: 1142 });
    expect(answer).toMatchObject({ kind: 'failed', failure: { number: 1142 } });
  });
});

describe('the semi-sync source', () => {
  const asked = async (enabled: boolean, ...loaded: readonly string[]) =>
    (
      await send(
        setSemiSyncSource(enabled),
        {},
        loaded.map((name) => ({ Variable_name: name, Value: 'ON' })),
      )
    ).asked.slice(1);

  it.each(['source', 'master'])('is switched by the variable of the plugin that is loaded: %s', async (word) => {
    const name = `rpl_semi_sync_${word}_enabled`;
    expect(await asked(false, name)).toEqual([`SET GLOBAL ${name} = 0`]);
    expect(await asked(true, name)).toEqual([`SET GLOBAL ${name} = 1`]);
  });

  it('is left alone where no plugin is loaded', async () => {
    expect(await asked(false)).toEqual([]);
  });
});
