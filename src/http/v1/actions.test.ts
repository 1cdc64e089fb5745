/** What requests that change something ask for, and how refusals are answered. */
import { describe, expect, it } from 'vitest';
import { ok, refused } from '../../service/calls.ts';
import { executedTakeover } from '../testing/demo-records.ts';
import { world } from '../testing/world.ts';

const A = '127.0.0.1/10112';
const B = '127.0.0.1/10113';

describe('actions', () => {
  it.each([
    [`discover/${A}`, 'discover 127.0.0.1:10112', 'Instance discovered: 127.0.0.1:10112'],
    [
      `async-discover/${A}`,
      'discover-in-background 127.0.0.1:10112',
      'Asynchronous discovery initiated for Instance: 127.0.0.1:10112',
    ],
    [`refresh/${A}`, 'refresh 127.0.0.1:10112', 'Instance refreshed: 127.0.0.1:10112'],
    [`forget/${A}`, 'forget 127.0.0.1:10112', 'Instance forgotten: 127.0.0.1:10112'],
    ['forget-cluster/demo', 'forget-cluster 127.0.0.1:10111', 'Cluster forgotten: 127.0.0.1:10111'],
    [`begin-downtime/${A}/me/why`, 'begin-downtime 127.0.0.1:10112 me why 600', 'Downtime begun: 127.0.0.1:10112'],
    [`end-downtime/${A}`, 'end-downtime 127.0.0.1:10112', 'Downtime ended: 127.0.0.1:10112'],
    [
      `begin-maintenance/${A}/me/why`,
      'begin-maintenance 127.0.0.1:10112 me why 600',
      'Maintenance begun: 127.0.0.1:10112',
    ],
    [`end-maintenance/${A}`, 'end-maintenance 127.0.0.1:10112', 'Maintenance ended: 127.0.0.1:10112'],
    [`register-candidate/${A}/prefer_not`, 'register-candidate 127.0.0.1:10112 prefer_not', 'Registered candidate'],
    [
      'set-cluster-alias/db1:3306?alias=shop',
      'set-cluster-alias db1:3306 shop',
      "Cluster db1:3306 now has alias 'shop'",
    ],
    ['reset-hostname-resolve-cache', 'clear-resolved-names', 'Hostname cache cleared'],
    [
      `register-hostname-unresolve/${A}/vip`,
      'set-virtual-name 127.0.0.1:10112 vip',
      'Hostname register unresolve completed',
    ],
    [
      `deregister-hostname-unresolve/${A}`,
      'set-virtual-name 127.0.0.1:10112 ',
      'Hostname deregister unresolve completed',
    ],
    [
      'ack-recovery/cluster/demo?comment=c',
      'acknowledge {"kind":"cluster","clusterName":"127.0.0.1:10111"} orchestrator-host c',
      'Acknowledged cluster recoveries',
    ],
    [
      'ack-recovery/cluster/alias/demo?comment=c',
      'acknowledge {"kind":"cluster","clusterName":"127.0.0.1:10111"} orchestrator-host c',
      'Acknowledged cluster recoveries',
    ],
    [
      `ack-recovery/instance/${A}?comment=c`,
      'acknowledge {"kind":"instance","key":{"hostname":"127.0.0.1","port":10112}} orchestrator-host c',
      'Acknowledged instance recoveries',
    ],
    ['ack-recovery/7?comment=c', 'acknowledge {"kind":"id","id":7} orchestrator-host c', 'Acknowledged recovery'],
    [
      'ack-recovery/uid/1:ab?comment=c',
      'acknowledge {"kind":"uid","uid":"1:ab"} orchestrator-host c',
      'Acknowledged recovery',
    ],
    ['disable-global-recoveries', 'recoveries-disabled true', 'Globally disabled recoveries'],
    ['enable-global-recoveries', 'recoveries-disabled false', 'Globally enabled recoveries'],
    ['force-master-failover/demo', 'force 127.0.0.1:10111 nobody', 'Master failed over'],
    [`force-master-failover/${B}`, 'force 127.0.0.1:10111 nobody', 'Master failed over'],
    [`force-master-takeover/demo/${A}`, 'force 127.0.0.1:10111 127.0.0.1:10112', 'Master failed over'],
    [`force-master-takeover/${B}/${A}`, 'force 127.0.0.1:10111 127.0.0.1:10112', 'Master failed over'],
    [
      'graceful-master-takeover/demo',
      'takeover 127.0.0.1:10111 nobody manual',
      'graceful-master-takeover: successor promoted',
    ],
    [
      `graceful-master-takeover/demo/${A}`,
      'takeover 127.0.0.1:10111 127.0.0.1:10112 manual',
      'graceful-master-takeover: successor promoted',
    ],
    [
      `graceful-master-takeover/${B}`,
      'takeover 127.0.0.1:10111 nobody manual',
      'graceful-master-takeover: successor promoted',
    ],
    [
      `graceful-master-takeover/${B}/${A}`,
      'takeover 127.0.0.1:10111 127.0.0.1:10112 manual',
      'graceful-master-takeover: successor promoted',
    ],
    [
      'graceful-master-takeover-auto/demo',
      'takeover 127.0.0.1:10111 nobody auto',
      'graceful-master-takeover: successor promoted',
    ],
    [
      `graceful-master-takeover-auto/demo/${A}`,
      'takeover 127.0.0.1:10111 127.0.0.1:10112 auto',
      'graceful-master-takeover: successor promoted',
    ],
    [
      `graceful-master-takeover-auto/${B}`,
      'takeover 127.0.0.1:10111 nobody auto',
      'graceful-master-takeover: successor promoted',
    ],
    [
      `graceful-master-takeover-auto/${B}/${A}`,
      'takeover 127.0.0.1:10111 127.0.0.1:10112 auto',
      'graceful-master-takeover: successor promoted',
    ],
  ])('%s', async (path, asked, message) => {
    const { get, calls } = await world();
    const answer = await get(`/api/${path}`);
    expect(answer.json()).toMatchObject({ Code: 'OK', Message: message });
    expect(answer.status).toBe(200);
    expect(calls.asked).toEqual([asked]);
  });

  it.each([
    [`recover/${A}`, 'recover 127.0.0.1:10112 nobody full'],
    [`recover/${A}?skipProcesses=true`, 'recover 127.0.0.1:10112 nobody lite'],
    [`recover/${A}/${B}`, 'recover 127.0.0.1:10112 127.0.0.1:10113 full'],
    [`recover-lite/${A}`, 'recover 127.0.0.1:10112 nobody lite'],
    [`recover-lite/${A}/${B}`, 'recover 127.0.0.1:10112 127.0.0.1:10113 lite'],
  ])('%s tells in Details whom it failed for, or who was promoted', async (path, asked) => {
    const failing = await world();
    const answer = await failing.get(`/api/${path}`);
    expect(answer.json()).toEqual({
      Code: 'ERROR',
      Message: 'Recovery not attempted',
      Details: { Hostname: '127.0.0.1', Port: 10112 },
    });
    expect(failing.calls.asked).toEqual([asked]);
    const promoting = await world({}, { recover: async () => ok({ hostname: 'b', port: 1 }) });
    expect((await promoting.get(`/api/${path}`)).json()).toEqual({
      Code: 'OK',
      Message: 'Recovery executed on 127.0.0.1:10112',
      Details: { Hostname: 'b', Port: 1 },
    });
  });

  it('a refusal is the message, and no more', async () => {
    const refusal = async () => refused('connection', 'driver: bad connection');
    const { get } = await world({}, { discover: refusal, gracefulTakeover: refusal });
    for (const path of [`discover/${A}`, 'graceful-master-takeover/demo']) {
      expect((await get(`/api/${path}`)).json()).toEqual({
        Code: 'ERROR',
        Message: 'driver: bad connection',
        Details: null,
      });
    }
  });

  it('a takeover that promoted nobody is an error that shows its record', async () => {
    const nobody = {
      ...executedTakeover,
      record: { ...executedTakeover.record, successorKey: null, isSuccessful: false },
    };
    const { get } = await world({}, { gracefulTakeover: async () => ok(nobody) });
    expect((await get('/api/graceful-master-takeover/demo')).json()).toMatchObject({
      Code: 'ERROR',
      Message: 'graceful-master-takeover: no successor promoted',
      Details: { SuccessorKey: null, IsSuccessful: false },
    });
  });

  it('a server that the filters exclude is no discovery', async () => {
    const { get } = await world({}, { discover: async () => ok(null) });
    expect((await get(`/api/discover/${A}`)).json()).toEqual({
      Code: 'OK',
      Message: 'No instances discovered',
      Details: null,
    });
  });

  it('O70: a locked server cannot be locked again, is listed, and can be freed by id', async () => {
    const { get, calls } = await world();
    await get(`/api/begin-maintenance/${A}/me/why`);
    expect((await get(`/api/begin-maintenance/${A}/you/because`)).json()).toEqual({
      Code: 'ERROR',
      Message: 'Cannot begin maintenance for instance: 127.0.0.1:10112; maintenance reason: because',
      Details: 0,
    });
    expect(JSON.parse((await get('/api/maintenance')).body)).toEqual([
      {
        MaintenanceId: 1,
        Key: { Hostname: '127.0.0.1', Port: 10112 },
        BeginTimestamp: '2026-11-23 04:37:07',
        SecondsElapsed: 0,
        IsActive: true,
        Owner: 'me',
        Reason: 'why',
      },
    ]);
    expect((await get(`/api/in-maintenance/${A}`)).json()).toEqual({
      Code: 'OK',
      Message: 'true',
      Details: '127.0.0.1:10112',
    });
    expect((await get(`/api/in-maintenance/${B}`)).json()).toEqual({ Code: 'OK', Message: 'false', Details: '' });
    expect((await get('/api/end-maintenance/1')).json()).toEqual({
      Code: 'OK',
      Message: 'Maintenance ended: 1',
      Details: 1,
    });
    expect(calls.asked.at(-1)).toBe('end-maintenance-by-id 1');
  });
});
