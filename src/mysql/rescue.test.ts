/** D9: fetching what another server alone has, and what becomes of the channel. */
import { expect, it } from 'vitest';
import { NO_REPLICATION_TLS } from '../model/blank-instance.ts';
import { millis, unixMillis } from '../model/brand.ts';
import type { ServerFailure } from '../model/server-failure.ts';
import type { Clock } from '../ports/clock.ts';
import type { Answer, Row, Rows, ServerWire } from '../ports/server-wire.ts';
import { CommandConnections } from './command-connections.ts';
import { mysql57 } from './mysql-57/mysql-57.ts';
import { mysql84 } from './mysql-84/mysql-84.ts';
import { type RescueCommand, rescue } from './rescue.ts';

const PASSWORD = 'secret-of-repl';
const GTID = '00000001-aaaa-bbbb-cccc-dddddddddddd:5-7';
const command: RescueCommand = {
  kind: 'rescue',
  options: {
    source: { hostname: 'db1', port: 3306 },
    gtid: GTID,
    credentials: { user: 'repl', password: PASSWORD },
    allowTls: false,
    tls: { ...NO_REPLICATION_TLS, getSourcePublicKey: true },
  },
};

const STOP = "STOP REPLICA FOR CHANNEL 'orchestrator_rescue'";
const RESET = "RESET REPLICA ALL FOR CHANNEL 'orchestrator_rescue'";
const START = `START REPLICA UNTIL SQL_AFTER_GTIDS = '${GTID}' FOR CHANNEL 'orchestrator_rescue'`;
const STATUS = "SHOW REPLICA STATUS FOR CHANNEL 'orchestrator_rescue'";

const refusal = (number: number, text: string): ServerFailure => {
  return { kind: 'server-error', phase: 'answer', number, sqlState: 'HY000', text };
};

const QUIET = { Last_IO_Errno: 0, Last_IO_Error: '', Last_SQL_Errno: 0, Last_SQL_Error: '' };

interface Story {
  /** How often it waits a second before all is applied; absent: for ever. */
  readonly seconds?: number;
  readonly status?: Partial<typeof QUIET>;
  readonly worker?: Row | null;
  readonly refuses?: (sql: string) => ServerFailure | null;
  readonly mayGoOn?: () => boolean;
}

async function tell({
  seconds = Number.POSITIVE_INFINITY,
  status = {},
  worker = null,
  refuses = () => null,
  mayGoOn,
}: Story) {
  const asked: string[] = [];
  let now = 0;
  let waits = 0;
  const clock: Clock = {
    now: () => unixMillis(now),
    monotonic: () => millis(now),
    after: () => ({ cancel: () => {} }),
    sleep: async () => {},
  };
  const rows = (sql: string): Rows => {
    if (sql === STATUS) return [{ ...QUIET, ...status }];
    if (sql.includes('applier_status_by_worker')) return worker === null ? [] : [worker];
    if (!sql.startsWith('SELECT WAIT_FOR')) return [];
    now += 1_000;
    waits += 1;
    return [{ waited: waits > seconds ? 0 : 1 }];
  };
  const wire: ServerWire = {
    usable: true,
    session: { id: 1, clientPort: 1 },
    ask: async (sql): Promise<Answer> => {
      if (!sql.startsWith('SET SESSION')) asked.push(sql);
      const failure = refuses(sql);
      return failure === null ? { kind: 'complete', results: [rows(sql)] } : { kind: 'failed', results: [], failure };
    },
    ping: async () => null,
    destroy: () => {},
  };
  const connections = new CommandConnections({
    clock,
    open: async () => ({ kind: 'connected', connection: wire }),
    takesSettings: () => true,
    borrow: async () => null,
  });
  const timeouts = { connectMillis: 1, deadlineMillis: 60_000, ...(mayGoOn === undefined ? {} : { mayGoOn }) };
  return { end: await rescue({ connections, clock }, command, mysql84, timeouts), asked };
}

it('D9: takes a channel away that a former attempt has left, fetches, and takes its own away', async () => {
  const { end, asked } = await tell({ seconds: 1 });
  expect(end.kind).toBe('done');
  const [change = ''] = asked.filter((sql) => sql.startsWith('CHANGE'));
  for (const option of ["SOURCE_HOST = 'db1'", 'SOURCE_AUTO_POSITION = 1', 'GET_SOURCE_PUBLIC_KEY = 1']) {
    expect(change).toContain(option);
  }
  const others = asked.filter((sql) => !sql.startsWith('SELECT'));
  expect(others).toEqual([STOP, RESET, change, START, STATUS, STOP, RESET]);
});

it('D9: ends at once where a transaction cannot be applied, with the words of the server', async () => {
  const words = "Duplicate entry '7' for key 'numbers.PRIMARY'";
  const { end, asked } = await tell({ status: { Last_SQL_Errno: 1062, Last_SQL_Error: words } });
  expect(end).toMatchObject({ kind: 'failed', mayStillLand: false, failure: { number: 1062, text: words } });
  expect(asked.slice(-2)).toEqual([STOP, RESET]);
});

it('D9: tells what a worker could not apply, where the coordinator tells something else', async () => {
  const worker = { number: 1062, text: "Duplicate entry '7'" };
  const { end } = await tell({ status: { Last_SQL_Errno: 13121, Last_SQL_Error: 'Relay log read failure' }, worker });
  expect(end).toMatchObject({ kind: 'failed', failure: { number: 1062, text: "Duplicate entry '7'" } });
});

it('D9: gives the receiver ten seconds to connect, and the whole as long as it may take', async () => {
  const unconnected = await tell({ status: { Last_IO_Errno: 2003, Last_IO_Error: "Can't connect" } });
  expect(unconnected.end).toMatchObject({ kind: 'failed', failure: { number: 2003 } });
  expect(unconnected.asked.filter((sql) => sql === STATUS).length).toBeLessThan(15);
  const { end, asked } = await tell({});
  expect(end).toMatchObject({ kind: 'failed', failure: { kind: 'timeout' } });
  expect(asked.slice(-2)).toEqual([STOP, RESET]);
});

it('D9: a node that may act no more begins nothing, and takes its channel away', async () => {
  const never = await tell({ mayGoOn: () => false });
  expect(never.end.kind).toBe('failed');
  expect(never.asked).toEqual([STOP, RESET]);
  let looks = 0;
  const { end, asked } = await tell({ mayGoOn: () => (looks += 1) < 3 });
  expect(end).toMatchObject({ failure: { code: 'MAY_NOT_GO_ON' } });
  expect(asked.slice(-2)).toEqual([STOP, RESET]);
});

it('D9: a channel that is not there is none to take away; one that perhaps stays is told', async () => {
  const absent = (sql: string) => (sql === STOP || sql === RESET ? refusal(3074, 'no such channel') : null);
  expect((await tell({ seconds: 0, refuses: absent })).end.kind).toBe('done');
  const lost: ServerFailure = { kind: 'lost', phase: 'answer', text: 'driver: bad connection' };
  const { end } = await tell({ seconds: 0, refuses: (sql) => (sql === RESET ? lost : null) });
  expect(end).toMatchObject({ kind: 'failed', mayStillLand: true });
});

it('no password is told, and no release without channels is asked', async () => {
  const quoting = refusal(1064, `near '${PASSWORD}'`);
  const { end } = await tell({ refuses: (sql) => (sql.startsWith('CHANGE') ? quoting : null) });
  expect(JSON.stringify(end)).not.toContain(PASSWORD);
  expect(mysql57([5, 7, 5]).render(command)).toEqual({ cannot: expect.stringContaining('5.7.6') });
  expect(mysql57([5, 7, 6]).render(command)).toContainEqual(
    expect.stringContaining("FOR CHANNEL 'orchestrator_rescue'"),
  );
});
