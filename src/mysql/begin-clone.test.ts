/** Beginning a clone: what counts is what the server tells, and a connection that breaks ends nothing. */
import { describe, expect, it } from 'vitest';
import { millis, unixMillis } from '../model/brand.ts';
import type { CloneReading, CloneRun } from '../model/clone-run.ts';
import type { ServerFailure } from '../model/server-failure.ts';
import type { Clock } from '../ports/clock.ts';
import type { Answer, ServerWire } from '../ports/server-wire.ts';
import { beginClone, type CloneCommand } from './begin-clone.ts';
import { CommandConnections } from './command-connections.ts';
import { mysql57 } from './mysql-57/mysql-57.ts';
import { mysql84 } from './mysql-84/mysql-84.ts';
import { COMMAND_SESSION_SQL } from './sql-text.ts';
import { aReplacement } from './testing.ts';

const PASSWORD = 'secret-of-orc';
const command: CloneCommand = {
  kind: 'clone',
  replaceable: aReplacement(),
  donor: { hostname: 'db2', port: 3306 },
  credentials: { user: 'orc', password: PASSWORD },
};
const SENT = `CLONE INSTANCE FROM 'orc'@'db2':3306 IDENTIFIED BY '${PASSWORD}'`;

const error = (number: number, words = ''): ServerFailure => ({
  kind: 'server-error',
  phase: 'answer',
  number,
  sqlState: 'HY000',
  text: `Error ${number} (HY000): ${words}`,
});
const LOST: ServerFailure = { kind: 'lost', phase: 'answer', text: 'driver: bad connection' };
const failed = (failure: ServerFailure): Answer => ({ kind: 'failed', results: [], failure });

const run = (changes: Partial<CloneRun> = {}): CloneReading => ({
  kind: 'read',
  facts: {
    plugin: 'active',
    validDonors: '',
    mayClone: null,
    mayDonate: null,
    mayInstall: null,
    isTold: true,
    last: {
      state: 'running',
      donor: 'db2:3306',
      beganAt: 'now',
      errorNumber: 0,
      errorText: '',
      stages: [{ name: 'DROP DATA', state: 'in-progress', estimatedBytes: 0, copiedBytes: 0 }],
      ...changes,
    },
  },
});

const FORMER = run({ beganAt: 'before', state: 'completed' });
const WAITS = run({ stages: [] });
const AWAY: CloneReading = { kind: 'failed', failure: LOST };

interface Story {
  /** What is answered to the statement; undefined: nothing. */
  readonly answer?: Answer;
  /** What is told before it is sent, and then look by look; the last again and again. */
  readonly told: readonly CloneReading[];
  /** Session of ours is found, and is gone once it was killed. */
  readonly kills?: boolean;
}

async function begin({ answer, told, kills = true }: Story, dialect = mysql84, mayGoOn = () => true) {
  let now = 0;
  const clock: Clock = {
    now: () => unixMillis(now),
    monotonic: () => millis(now),
    after: () => ({ cancel: () => {} }),
    sleep: async (delay) => {
      now += delay;
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
  const sent: string[] = [];
  let isKilled = false;
  const open = (): ServerWire => ({
    usable: true,
    session: { id: 7, clientPort: 40_000 },
    ask: (sql) => {
      if (sql === COMMAND_SESSION_SQL) return Promise.resolve({ kind: 'complete', results: [[]] });
      sent.push(sql);
      if (sql.startsWith('CLONE')) return answer === undefined ? new Promise(() => {}) : Promise.resolve(answer);
      if (sql.startsWith('KILL')) isKilled = kills;
      const rows = isKilled ? [] : [{ ID: 7, HOST: '127.0.0.1:40000' }];
      return Promise.resolve({ kind: 'complete', results: [rows] });
    },
    ping: async () => null,
    destroy: () => {},
  });
  const connections = new CommandConnections({
    clock,
    open: async () => ({ kind: 'connected', connection: open() }),
    takesSettings: () => true,
    borrow: async () => null,
  });
  let look = 0;
  const read = async () => told[Math.min(look++, told.length - 1)] ?? AWAY;
  const timeouts = { connectMillis: 1_000, deadlineMillis: 10_000, mayGoOn };
  const result = await beginClone({ connections, clock, read }, command, dialect, timeouts);
  connections.close();
  return { result, sent };
}

describe('a clone', () => {
  it('has begun once the data of the server are being deleted, without an answer', async () => {
    const { result, sent } = await begin({ told: [FORMER, FORMER, WAITS, run()] });
    expect(result.kind).toBe('done');
    expect(sent).toEqual([SENT]);
  });

  it('has begun where the server says that nobody restarts it, or is gone and tells of it when it is back', async () => {
    const shutDown = await begin({ answer: failed(error(3707)), told: [FORMER, AWAY] });
    expect(shutDown.result.kind).toBe('done');
    const restarted = await begin({ answer: failed(LOST), told: [FORMER, AWAY, AWAY, run({ state: 'completed' })] });
    expect(restarted.result.kind).toBe('done');
  });

  it('has begun although it has failed since: its data are gone', async () => {
    const { result } = await begin({ answer: failed(error(1317)), told: [FORMER, run({ state: 'failed' })] });
    expect(result.kind).toBe('done');
  });

  it('is refused with the server’s words, without the password in them', async () => {
    const denied = await begin({ answer: failed(error(3862, 'Clone Donor Error: 1227')), told: [FORMER] });
    expect(denied.result).toMatchObject({ kind: 'failed', mayStillLand: false, failure: { number: 3862 } });
    const quoted = await begin({ answer: failed(error(1064, `near '${PASSWORD}'`)), told: [FORMER] });
    expect(JSON.stringify(quoted.result)).not.toContain('secret');
  });

  it('that was lost on its way and has not begun by what the server tells has failed', async () => {
    const { result } = await begin({ answer: failed(LOST), told: [FORMER, FORMER] });
    expect(result).toMatchObject({ kind: 'failed', failure: LOST });
  });

  it('that does not begin in time is ended, so that it cannot begin when nobody expects it', async () => {
    const { result, sent } = await begin({ told: [FORMER, WAITS] });
    expect(result).toMatchObject({ kind: 'failed', mayStillLand: false, failure: { kind: 'timeout' } });
    expect(sent).toContain('KILL 7');
    const stubborn = await begin({ told: [FORMER, WAITS], kills: false });
    expect(stubborn.result).toMatchObject({ kind: 'failed', mayStillLand: true });
  });

  it('is not sent by whoever may not act any more, nor to a release that has none', async () => {
    expect((await begin({ told: [FORMER] }, mysql84, () => false)).sent).toEqual([]);
    const { result, sent } = await begin({ told: [FORMER] }, mysql57([8, 0, 16]));
    expect([result.kind, sent]).toEqual(['failed', []]);
  });
});
