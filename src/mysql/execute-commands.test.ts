/** What goes over the wire of commands when a server refuses one of them. */
import { describe, expect, it } from 'vitest';
import { millis, unixMillis } from '../model/brand.ts';
import type { ServerCommand } from '../model/server-command.ts';
import type { ServerFailure } from '../model/server-failure.ts';
import type { Clock } from '../ports/clock.ts';
import type { Answer, Rows, ServerWire } from '../ports/server-wire.ts';
import { CommandConnections } from './command-connections.ts';
import type { Dialect } from './dialect.ts';
import { executeCommands } from './execute-commands.ts';
import { mariadb } from './mariadb/mariadb.ts';
import { maxscale } from './maxscale/maxscale.ts';
import { mysql84 } from './mysql-84/mysql-84.ts';
import { COMMAND_SESSION_SQL } from './sql-text.ts';
import { aWitness, follow, onChannel } from './testing.ts';

const standingClock: Clock = {
  now: () => unixMillis(0),
  monotonic: () => millis(0),
  after: () => ({ cancel: () => {} }),
  sleep: () => Promise.resolve(),
};

const TIMEOUTS = { connectMillis: 1_000, deadlineMillis: 1_000 };

const serverError = (number: number): ServerFailure => {
  return { kind: 'server-error', phase: 'answer', number, sqlState: '', text: `Error ${number}` };
};

/** A server that answers each statement with the number that `refuse` gives, or carries it out; every connection to it is a new one. */
function aServer(refuse: (statement: string) => number | null) {
  const sent: string[] = [];
  const opened: { destroyed: boolean }[] = [];
  const open = () => {
    const state = { destroyed: false };
    opened.push(state);
    const ask = async (sql: string): Promise<Answer> => {
      if (sql === COMMAND_SESSION_SQL) return { kind: 'complete', results: [[]] };
      sent.push(sql);
      const results: Rows[] = [];
      for (const statement of sql.split('; ')) {
        const number = refuse(statement);
        if (number !== null) return { kind: 'failed', results, failure: serverError(number) };
        results.push([]);
      }
      return { kind: 'complete', results };
    };
    const connection: ServerWire = {
      get usable() {
        return !state.destroyed;
      },
      session: { id: opened.length, clientPort: 1 },
      ask,
      ping: async () => null,
      destroy: () => {
        state.destroyed = true;
      },
    };
    return connection;
  };
  const connections = new CommandConnections({
    clock: standingClock,
    open: async () => ({ kind: 'connected', connection: open() }),
    takesSettings: () => true,
    borrow: async () => null,
  });
  const execute = (dialect: Dialect, commands: readonly ServerCommand[], channel = '') =>
    executeCommands(
      { connections, clock: standingClock, account: 'orc', replica: onChannel(channel) },
      commands,
      dialect,
      TIMEOUTS,
    );
  return { sent, opened, execute };
}

const CHANGE = "CHANGE REPLICATION SOURCE TO SOURCE_HOST = 'db2', SOURCE_PORT = 3306";
const HEAL = ['RESET REPLICA', 'START REPLICA IO_THREAD', 'STOP REPLICA IO_THREAD', 'RESET REPLICA'];
const forget: ServerCommand = { kind: 'forget-source', relayLog: aWitness() };

/** Refuses statements that begin so with these numbers, one after another, and then no more. */
function refusing(start: string, ...numbers: readonly number[]): (statement: string) => number | null {
  const left = [...numbers];
  return (statement) => (statement.startsWith(start) ? (left.shift() ?? null) : null);
}

describe('D13: a server that cannot make sense of its relay logs', () => {
  it('is healed and asked once more, and it is told that it refused', async () => {
    const { sent, execute } = aServer(refusing('CHANGE', 1201));
    const result = await execute(mysql84, [follow({ delaySeconds: 60 }), { kind: 'start-replication' }]);
    expect(result).toMatchObject({ kind: 'done', refused: [{ number: 1201 }] });
    expect(sent).toEqual([`STOP REPLICA; ${CHANGE}`, ...HEAL, `${CHANGE}, SOURCE_DELAY = 60`, 'START REPLICA']);
  });

  it('is healed also where not all of the remedy is taken', async () => {
    const { sent, execute } = aServer((statement) => {
      if (statement === 'RESET REPLICA ALL') return sent.length === 1 ? 1872 : null;
      return statement.startsWith('START') ? 1872 : null;
    });
    expect(await execute(mysql84, [forget])).toMatchObject({ kind: 'done' });
    expect(sent).toEqual(['STOP REPLICA; RESET REPLICA ALL', ...HEAL, 'RESET REPLICA ALL']);
  });

  it('is asked once more and no oftener', async () => {
    const { sent, execute } = aServer(refusing('CHANGE', 1201, 1201));
    const result = await execute(mysql84, [follow(), { kind: 'start-replication' }]);
    expect(result).toMatchObject({ kind: 'failed', completed: 0, mayStillLand: false, failure: { number: 1201 } });
    expect(sent.at(-1)).toBe(CHANGE);
  });

  it('D4: keeps its relay log where the command had no witness, where the error is another, and on MariaDB, which says so of its options', async () => {
    const start = aServer(refusing('START', 1872));
    expect(await start.execute(mysql84, [{ kind: 'start-replication' }])).toMatchObject({ failure: { number: 1872 } });
    const denied = aServer(refusing('CHANGE', 1227));
    expect(await denied.execute(mysql84, [follow()])).toMatchObject({ failure: { number: 1227 } });
    const other = aServer(refusing('CHANGE', 1201));
    expect(await other.execute(mariadb, [follow()])).toMatchObject({ failure: { number: 1201 } });
    expect([start, denied, other].flatMap(({ sent }) => sent).filter((sql) => sql.includes('RESET'))).toEqual([]);
  });
});

describe('O1: a binlog server that does not receive', () => {
  it('counts as stopped, and is moved one statement a packet', async () => {
    const { sent, execute } = aServer(refusing('STOP', 1199, 1199));
    const coordinates = { file: 'binlog.000007', pos: 120, type: 'binary' } as const;
    const move = follow({ place: { kind: 'position', coordinates, leavesGtid: false } });
    const result = await execute(maxscale, [{ kind: 'stop-replication' }, move, { kind: 'start-replication' }]);
    expect(result).toMatchObject({ kind: 'done', refused: [] });
    expect(sent).toEqual(['STOP SLAVE', 'STOP SLAVE', expect.stringMatching(/^CHANGE MASTER TO/), 'START SLAVE']);
  });

  it('fails with any other error', async () => {
    const { execute } = aServer(refusing('STOP', 1064));
    expect(await execute(maxscale, [{ kind: 'stop-replication' }])).toMatchObject({ failure: { number: 1064 } });
  });
});

describe('O36: a connection on which an empty transaction failed', () => {
  const inject: ServerCommand = { kind: 'inject-empty', gtids: ['a:1'] };

  it('is ended: the next transaction would get the GTID that it still has', async () => {
    const { opened, execute } = aServer(refusing('COMMIT', 1290));
    expect(await execute(mysql84, [inject])).toMatchObject({ kind: 'failed', failure: { number: 1290 } });
    expect(opened).toEqual([{ destroyed: true }]);
    expect(await execute(mysql84, [{ kind: 'flush-binary-logs' }])).toMatchObject({ kind: 'done' });
    expect(opened).toHaveLength(2);
  });

  it('is kept for the next command where all went well, and where another command fails', async () => {
    const { opened, execute } = aServer(refusing('FLUSH', 1227));
    await execute(mysql84, [inject]);
    await execute(mysql84, [{ kind: 'flush-binary-logs' }]);
    await execute(mysql84, [{ kind: 'start-replication' }]);
    expect(opened).toEqual([{ destroyed: false }]);
  });

  it('O11: so is one that was left speaking to a named connection of MariaDB', async () => {
    const { opened, execute } = aServer(refusing('SET GLOBAL', 1198));
    await execute(mariadb, [{ kind: 'skip-event' }], 'one');
    expect(opened).toEqual([{ destroyed: true }]);
  });
});

describe('E4: a variable of a role that the server does not take', () => {
  const set = (name: string): ServerCommand => ({ kind: 'set-variable', name, value: '1' });
  const writable: ServerCommand = { kind: 'set-read-only', readOnly: false, superReadOnly: false };

  it('is told of by its name and in the words of the server, and what follows is done', async () => {
    const { sent, opened, execute } = aServer(refusing('SET GLOBAL nonsense', 1193));
    const result = await execute(mariadb, [set('nonsense'), set('sync_binlog'), writable]);
    expect(result).toMatchObject({ kind: 'done', refused: [{ number: 1193, text: 'set nonsense to 1: Error 1193' }] });
    expect(sent).toEqual(['SET GLOBAL nonsense = 1', 'SET GLOBAL sync_binlog = 1', 'SET GLOBAL read_only = 0']);
    expect(opened).toEqual([{ destroyed: false }]);
  });
});
