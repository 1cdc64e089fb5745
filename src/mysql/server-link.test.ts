import { describe, expect, it, vi } from 'vitest';
import { millis, unixMillis } from '../model/brand.ts';
import type { ServerFailure } from '../model/server-failure.ts';
import type { Clock } from '../ports/clock.ts';
import type { Answer, Rows, ServerWire } from '../ports/server-wire.ts';
import { type LinkOptions, ServerLink } from './server-link.ts';
import { aWitness, recordedRows } from './testing.ts';

const key = { hostname: 'maxscale.example', port: 5308 };
const TIMEOUTS = { connectMillis: 1_000, answerMillis: 1_000 };

const standingClock: Clock = {
  now: () => unixMillis(0),
  monotonic: () => millis(0),
  after: () => ({ cancel: () => {} }),
  sleep: () => Promise.resolve(),
};

const refusal = (number: number): ServerFailure => {
  return { kind: 'server-error', phase: 'answer', number, sqlState: '42000', text: `Error ${number}` };
};

type Reply = Rows | ServerFailure;

/** A link to a server that answers what `reply` says, statement by statement. */
function aLink(reply: (sql: string) => Reply, options: Partial<LinkOptions> = {}) {
  const asked: string[] = [];
  const wire: ServerWire = {
    usable: true,
    session: { id: 1, clientPort: 1 },
    ask: async (sql) => {
      asked.push(sql);
      const results: Rows[] = [];
      for (const statement of sql.split('\n;\n')) {
        const replied = reply(statement);
        if ('kind' in replied) return { kind: 'failed', results, failure: replied };
        results.push(replied);
      }
      return { kind: 'complete', results };
    },
    ping: async () => null,
    destroy: () => {},
  };
  const link = new ServerLink(key, {
    dial: async () => ({ kind: 'connected', wire }),
    clock: standingClock,
    credentials: () => ({ user: '', password: '' }),
    onBroken: () => {},
    configuredQueries: () => [{ name: 'DetectDataCenterQuery', sql: 'SELECT dc FROM meta' }],
    ...options,
  });
  return { link, asked };
}

/** As the binlog router answers: one statement a packet, and a syntax error to whatever it does not know. */
function binlogServer(sql: string): Reply {
  const rows = recordedRows('maxscale');
  switch (sql) {
    case "SHOW VARIABLES LIKE 'maxscale%'":
      return rows.get('version') ?? [];
    case 'SELECT @@global.server_id':
      return rows.get('server-id') ?? [];
    case 'SHOW SLAVE STATUS':
      return rows.get('replication') ?? [];
    case 'SHOW MASTER STATUS':
      return rows.get('binlog') ?? [];
    case 'SHOW SLAVE HOSTS':
      return rows.get('registered') ?? [];
    case 'STOP SLAVE':
      return [];
    default:
      return refusal(1064);
  }
}

const checksMaxScale = () => true;

describe('a link to a binlog server', () => {
  it('knows it by its variables, and asks it one statement a packet', async () => {
    const { link, asked } = aLink(binlogServer, { checksMaxScale });
    const result = await link.probe(TIMEOUTS);
    expect(result).toMatchObject({
      kind: 'answered',
      facts: { instance: { version: '2.4.10-maxscale', isBinlogServer: true, serverId: 3 } },
      refused: [{ name: 'server-uuid' }],
    });
    expect(link.dialect?.name).toBe('maxscale');
    expect(asked.filter((sql) => sql.includes(';') || sql.includes('meta'))).toEqual([]);
    asked.length = 0;
    await link.probe(TIMEOUTS);
    expect(asked).toEqual([
      "SHOW VARIABLES LIKE 'maxscale%'",
      'SELECT @@global.server_id',
      'SHOW SLAVE STATUS',
      'SHOW MASTER STATUS',
      'SHOW SLAVE HOSTS',
    ]);
  });

  it('does not recognise it with SkipMaxScaleCheck', async () => {
    const { link, asked } = aLink(binlogServer);
    expect(await link.probe(TIMEOUTS)).toMatchObject({ kind: 'failed', partial: false, failure: { number: 1064 } });
    expect(asked).toHaveLength(1);
  });

  it('fails where there is no replication status: it would look like the top of a cluster', async () => {
    const withoutSource = (sql: string) => (sql === 'SHOW SLAVE STATUS' ? [] : binlogServer(sql));
    const { link } = aLink(withoutSource, { checksMaxScale });
    expect(await link.probe(TIMEOUTS)).toMatchObject({ kind: 'failed', partial: false, failure: { code: 'NO_ROW' } });
  });

  it('sends a command that it can do, without settings of the session', async () => {
    const { link, asked } = aLink(binlogServer, { checksMaxScale });
    await link.probe(TIMEOUTS);
    asked.length = 0;
    expect(await executed(link, [{ kind: 'stop-replication' }])).toMatchObject({ kind: 'done' });
    expect(asked).toEqual(['STOP SLAVE']);
  });

  it('sends nothing at all when one of the commands is beyond it', async () => {
    const { link, asked } = aLink(binlogServer, { checksMaxScale });
    await link.probe(TIMEOUTS);
    asked.length = 0;
    const result = await executed(link, [
      { kind: 'stop-replication' },
      { kind: 'forget-source', relayLog: aWitness() },
    ]);
    expect(result).toMatchObject({ kind: 'failed', completed: 0, mayStillLand: false, failure: { code: 'UNABLE' } });
    expect(asked).toEqual([]);
  });

  function executed(link: ServerLink, commands: Parameters<ServerLink['execute']>[0]) {
    if (link.dialect === null) throw new Error('never probed');
    return link.execute(commands, link.dialect, { connectMillis: 1_000, deadlineMillis: 1_000 });
  }
});

describe('D8: a link to a replica whose only channel has a name', () => {
  it('sends commands to that channel, which it knows from the last probe', async () => {
    const variables = [{ Variable_name: 'version', Value: '8.4.0' }];
    let channel = 'one';
    const { link, asked } = aLink((sql) => {
      if (sql === 'SHOW REPLICA STATUS') return [{ Source_Host: 'db1', Channel_Name: channel }];
      return sql.startsWith('SHOW GLOBAL') ? variables : [];
    });
    const stop = async () => {
      await link.probe(TIMEOUTS);
      if (link.dialect === null) throw new Error('never probed');
      await link.execute([{ kind: 'stop-replication' }], link.dialect, { connectMillis: 1_000, deadlineMillis: 1_000 });
      return asked.at(-1);
    };
    expect(link.replica).toBeNull();
    expect(await stop()).toBe("STOP REPLICA FOR CHANNEL 'one'");
    channel = '';
    expect(await stop()).toBe('STOP REPLICA');
    expect(link.replica?.channel).toBe('');
  });
});

describe('a section that a server refuses', () => {
  const variables = ['version', 'group_replication_group_name', 'server_id'];
  const greeting = variables.map((name) => ({ Variable_name: name, Value: name === 'version' ? '8.4.0' : '' }));

  it.each([
    [1146, []],
    [1193, []],
    [1142, ['group']],
  ])('with error %i is reported as %o: servers without group replication miss nothing', async (number, reported) => {
    const { link } = aLink((sql) => {
      if (sql.includes('replication_group_members')) return refusal(number);
      return sql.startsWith('SHOW GLOBAL') ? greeting : [];
    });
    const result = await link.probe(TIMEOUTS);
    expect(result).toMatchObject({ kind: 'answered', refused: reported.map((name) => ({ name })) });
  });
});

describe('A10: an answer in part', () => {
  const variables = ['version', 'group_replication_group_name', 'server_id'];
  const greeting = variables.map((name) => ({ Variable_name: name, Value: name === 'version' ? '8.4.0' : '' }));
  const TIMEOUT: ServerFailure = { kind: 'timeout', phase: 'answer', text: 'i/o timeout' };

  it('is one where who it is came, and then nothing', async () => {
    const { link } = aLink((sql) => {
      if (sql === 'SHOW REPLICA STATUS') return TIMEOUT;
      return sql.startsWith('SHOW GLOBAL') ? greeting : [];
    });
    expect(await link.probe(TIMEOUTS)).toMatchObject({ kind: 'failed', failure: TIMEOUT, partial: true });
  });

  it('is one where it refused a section, and hung when it was asked for the others again', async () => {
    let hasRefused = false;
    const { link } = aLink((sql) => {
      if (hasRefused) return TIMEOUT;
      hasRefused = sql.includes('replication_group_members');
      if (hasRefused) return refusal(1142);
      return sql.startsWith('SHOW GLOBAL') ? greeting : [];
    });
    expect(await link.probe(TIMEOUTS)).toMatchObject({ kind: 'failed', failure: TIMEOUT, partial: true });
  });

  it('is none of the probe before', async () => {
    let hangs = false;
    const { link } = aLink((sql) => {
      if (hangs) return TIMEOUT;
      return sql.startsWith('SHOW GLOBAL') ? greeting : [];
    });
    expect(await link.probe(TIMEOUTS)).toMatchObject({ kind: 'answered' });
    hangs = true;
    expect(await link.probe(TIMEOUTS)).toMatchObject({ kind: 'failed', failure: TIMEOUT, partial: false });
  });

  it('is none where not even the greeting came, although the connection is open', async () => {
    const { link } = aLink(() => TIMEOUT);
    expect(await link.probe(TIMEOUTS)).toMatchObject({ kind: 'failed', failure: TIMEOUT, partial: false });
  });

  it('is none where only a setting of the session was taken', async () => {
    const { link } = aLink((sql) => {
      if (sql.startsWith('SELECT @@global')) return TIMEOUT;
      return sql.startsWith('SHOW GLOBAL') ? greeting : [];
    });
    expect(await link.probe(TIMEOUTS)).toMatchObject({ kind: 'failed', failure: TIMEOUT, partial: false });
  });
});

describe('the check for a binlog server', () => {
  const greetedAs = (version: string) => (sql: string) =>
    sql.startsWith('SHOW GLOBAL VARIABLES') ? [{ Variable_name: 'version', Value: version }] : [];

  it('costs another server one round trip, and is left out with SkipMaxScaleCheck', async () => {
    const checked = aLink(greetedAs('3.23.58'), { checksMaxScale });
    const unchecked = aLink(greetedAs('3.23.58'));
    await checked.link.probe(TIMEOUTS);
    await unchecked.link.probe(TIMEOUTS);
    expect(checked.asked).toHaveLength(2);
    expect(unchecked.asked).toHaveLength(1);
  });

  it('goes on where the server does not like the question, and ends where it does not know the account', async () => {
    const answering = (number: number) => (sql: string) =>
      sql.includes('maxscale') ? refusal(number) : greetedAs('3.23.58')(sql);
    const disliked = aLink(answering(1064), { checksMaxScale });
    expect(await disliked.link.probe(TIMEOUTS)).toMatchObject({ failure: { code: 'UNSUPPORTED_VERSION' } });
    const unknown = aLink(answering(1045), { checksMaxScale });
    expect(await unknown.link.probe(TIMEOUTS)).toMatchObject({ kind: 'failed', failure: { number: 1045 } });
    expect(unknown.asked).toHaveLength(1);
  });

  it('is not needed where the version says it', async () => {
    const { link } = aLink((sql) =>
      sql.startsWith('SHOW GLOBAL') ? greetedAs('2.5.0-maxscale')(sql) : binlogServer(sql),
    );
    await link.probe(TIMEOUTS);
    expect(link.dialect?.name).toBe('maxscale');
  });
});

it('a probe waits for a command that has borrowed its connection, and after a while no more', async () => {
  const timers: (() => void)[] = [];
  const clock: Clock = { ...standingClock, after: (_, run) => ({ cancel: () => {}, count: timers.push(run) }) };
  const command = Promise.withResolvers<Answer>();
  let dials = 0;
  const wire: ServerWire = {
    usable: true,
    session: { id: 1, clientPort: 1 },
    ask: (sql) => (sql === 'SLOW' ? command.promise : Promise.resolve({ kind: 'complete', results: [[]] })),
    ping: async () => null,
    destroy: () => {},
  };
  const { link } = aLink(() => [], {
    clock,
    dial: async () =>
      dials++ === 0 ? { kind: 'connected', wire } : { kind: 'failed', failure: { ...refusal(1040), phase: 'connect' } },
  });
  await link.probe(TIMEOUTS);
  const query = link.query('SLOW', TIMEOUTS);
  await new Promise(setImmediate);
  expect(dials).toBe(2);
  const probes = [link.probe(TIMEOUTS), link.probe(TIMEOUTS)];
  await vi.waitFor(() => expect(timers).toHaveLength(2));
  for (const run of timers) run();
  // A10: it was not even asked.
  const unasked = { kind: 'failed', failure: { kind: 'timeout' }, partial: false };
  for (const probe of probes) expect(await probe).toMatchObject(unasked);
  command.resolve({ kind: 'complete', results: [] });
  await query;
  // Those that gave up are in nobody's way: this one is answered, with something that no server says.
  expect(await link.probe(TIMEOUTS)).toMatchObject({ kind: 'failed', failure: { code: 'UNSUPPORTED_VERSION' } });
});
