/** Routes that ask about replication and logs, and change nothing. */
import { describe, expect, it } from 'vitest';
import { ok, refused } from '../../service/calls.ts';
import { key } from '../testing/demo-world.ts';
import { world } from '../testing/world.ts';

const A = '127.0.0.1/10112';
const B = '127.0.0.1/10113';
const AK = '127.0.0.1:10112';

describe('questions about replication', () => {
  it('O34: the logs that have errant transactions', async () => {
    const { get } = await world({}, { locateErrantGtid: async () => ok(['b.000003', 'b.000004']) });
    expect((await get(`/api/locate-gtid-errant/${A}`)).json()).toEqual({
      Code: 'OK',
      Message: 'located errant GTID',
      Details: ['b.000003', 'b.000004'],
    });
    const none = await world({}, { locateErrantGtid: async () => refused('no-errant', 'no errant-gtid') });
    expect((await none.get(`/api/locate-gtid-errant/${A}`)).json()).toMatchObject({ Message: 'no errant-gtid' });
  });

  it('O9: statements around another one; null when there are none', async () => {
    const { get } = await world();
    for (const name of ['restart-slave-statements', 'restart-replica-statements']) {
      expect((await get(`/api/${name}/${A}?q=set+global+x%3D1`)).json()).toEqual({
        Code: 'OK',
        Message: `statements for: ${AK}`,
        Details: ['stop slave io_thread;', 'set global x=1;', 'start slave io_thread;'],
      });
    }
    const none = await world({}, { restartStatements: async () => ok([]) });
    expect((await none.get(`/api/restart-slave-statements/${A}`)).json().Details).toBeNull();
  });

  it('O67, O68: may it replicate from there? true with the would-be source, or an error with the reason', async () => {
    const asked: unknown[] = [];
    const { get } = await world(
      {},
      {
        canReplicateFrom: async (_key, other, options) => {
          asked.push(options);
          return options.byGtid ? refused('purged', 'purged GTID entries') : ok(other);
        },
      },
    );
    expect((await get(`/api/can-replicate-from/${A}/${B}`)).json()).toEqual({
      Code: 'OK',
      Message: 'true',
      Details: { Hostname: '127.0.0.1', Port: 10113 },
    });
    expect((await get(`/api/can-replicate-from-gtid/${A}/${B}`)).json()).toMatchObject({
      Code: 'ERROR',
      Message: 'purged GTID entries',
    });
    expect(asked).toEqual([{ byGtid: false }, { byGtid: true }]);
  });

  it('O45: the last marker of pseudo-GTID: its place is the message, its text the details', async () => {
    const { get } = await world();
    expect((await get(`/api/last-pseudo-gtid/${A}`)).json()).toEqual({
      Code: 'OK',
      Message: 'binlog.000001:458',
      Details: 'drop view if exists `_pseudo_gtid_`',
    });
  });

  it('O22: equivalent places of other servers; null when none is known', async () => {
    const coordinates = { file: 'b.000012', pos: 4711, type: 'binary' } as const;
    const { get } = await world({}, { equivalentsOf: async () => [{ source: key(10113), coordinates }] });
    expect((await get(`/api/master-equivalent/${A}/b.000001/4`)).json()).toEqual({
      Code: 'OK',
      Message: 'Found 1 equivalent coordinates',
      Details: [
        {
          Key: { Hostname: '127.0.0.1', Port: 10113 },
          Coordinates: { LogFile: 'b.000012', LogPos: 4711, Type: 0 },
        },
      ],
    });
    const none = await world();
    expect((await none.get(`/api/master-equivalent/${A}/b.000001/4`)).json()).toEqual({
      Code: 'OK',
      Message: 'Found 0 equivalent coordinates',
      Details: null,
    });
  });
});
