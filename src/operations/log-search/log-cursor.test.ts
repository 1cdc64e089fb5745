import { describe, expect, it } from 'vitest';
import type { BinlogEvent } from '../../model/binlog-event.ts';
import { LogCursor } from './log-cursor.ts';
import { SEARCH_LIMITS } from './log-search.ts';
import { aSearch, at, binaryLog, PretendLogs, transaction } from './testing.ts';

const KEY = at(11);
const START = { file: 'binlog.000001', pos: 4, type: 'binary' } as const;

async function rest(cursor: LogCursor): Promise<string[]> {
  const infos: string[] = [];
  for (;;) {
    const next = await cursor.next();
    if (next.kind === 'refused') throw new Error(next.text);
    if (next.value === null) return infos;
    infos.push(next.value.info);
  }
}

describe('going through a log', () => {
  it('a file that is written on and ended between two looks: nothing of it is passed over', async () => {
    const [before, after] = [
      binaryLog([transaction(1)]),
      binaryLog([[...transaction(1), ...transaction(2)], transaction(3)]),
    ];
    const logs = new PretendLogs();
    logs.set(KEY, { binary: before });
    const events = logs.events.bind(logs);
    // It grows right after it was seen to end.
    logs.events = async (key, page) => {
      const read = await events(key, page);
      if (read.kind === 'read' && read.value.length === 0) logs.set(KEY, { binary: after });
      return read;
    };
    const infos = await rest(new LogCursor(aSearch(logs), KEY, START));
    const commits = infos.filter((info) => info.startsWith('COMMIT'));
    expect(commits).toEqual(['COMMIT /* xid=1 */', 'COMMIT /* xid=2 */', 'COMMIT /* xid=3 */']);
  });

  it('asked again where the log has ended, it goes on with what has come since', async () => {
    const logs = new PretendLogs();
    logs.set(KEY, { binary: binaryLog([transaction(1)]) });
    const cursor = new LogCursor(aSearch(logs), KEY, START);
    await rest(cursor);
    logs.set(KEY, { binary: binaryLog([[...transaction(1), ...transaction(2)]]) });
    expect(await rest(cursor)).toHaveLength(transaction(2).length);
  });

  it('its file is gone: refused', async () => {
    const next = await new LogCursor(aSearch(new PretendLogs()), KEY, START).next();
    expect(next).toMatchObject({ kind: 'refused', code: 'no-such-place' });
  });

  it('a server that tells of events that end before they begin is not asked for ever', async () => {
    const event: BinlogEvent = { coordinates: START, endPos: 4, type: 'Query', serverId: 1, info: 'x' };
    const logs = new PretendLogs();
    logs.events = async () => ({ kind: 'read', value: [event, event, event] });
    expect(await new LogCursor(aSearch(logs), KEY, START).next()).toMatchObject({
      kind: 'refused',
      code: 'unreadable',
    });
  });

  it('files without any event, without end: refused', async () => {
    const logs = new PretendLogs();
    logs.events = async () => ({ kind: 'read', value: [] });
    const limits = { ...SEARCH_LIMITS, pagesMax: 1_000 };
    const next = await new LogCursor(aSearch(logs, { limits }), KEY, START).next();
    expect(next).toMatchObject({ kind: 'refused', code: 'unreadable' });
  });

  it('behind bin.999999 comes bin.1000000', async () => {
    const logs = new PretendLogs();
    const [first = [], second = []] = [...binaryLog([transaction(1), transaction(2)]).values()];
    logs.set(KEY, {
      binary: new Map([
        ['bin.999999', first],
        ['bin.1000000', second],
      ]),
    });
    const infos = await rest(new LogCursor(aSearch(logs), KEY, { ...START, file: 'bin.999999' }));
    expect(infos).toContain('COMMIT /* xid=2 */');
  });
});
