/** What is asked about things that are not there, or in words that cannot be read. */
import { describe, expect, it } from 'vitest';
import { refused } from '../../service/calls.ts';
import { world } from '../testing/world.ts';

const A = '127.0.0.1/10112';

describe('unknown and unreadable things', () => {
  it.each([
    ['/api/instance/nosuch/3306', 'Cannot read instance: nosuch:3306'],
    ['/api/cluster/instance/nosuch/3306', 'Cannot read instance: nosuch:3306'],
    ['/api/instance/nosuch/x', 'Invalid port: x'],
    [`/api/relocate/${A}/127.0.0.1/x`, 'Invalid port: x'],
    ['/api/forget/nosuch/3306', 'ForgetInstance(): instance nosuch:3306 not found'],
    ['/api/cluster/alias/nosuch', 'No cluster found for alias nosuch'],
    ['/api/cluster-info/alias/nosuch', 'No cluster found for alias nosuch'],
    [`/api/begin-downtime/${A}/me/why/soon`, 'Cannot parse simple time: soon'],
    [`/api/register-candidate/${A}/must`, 'CandidatePromotionRule: must not supported yet'],
    [`/api/register-candidate/${A}/maybe`, 'Invalid CandidatePromotionRule: maybe'],
    ['/api/ack-all-recoveries', 'No acknowledge comment given'],
    [`/api/ack-recovery/instance/${A}?comment=%20`, 'No acknowledge comment given'],
    ['/api/ack-recovery/x?comment=c', 'strconv.ParseInt: parsing "x": invalid syntax'],
    ['/api/end-maintenance/x', 'strconv.ParseInt: parsing "x": invalid syntax'],
    ['/api/replication-analysis/instance/nosuch/x', 'Cannot get analysis: Invalid port: x'],
  ])('%s says: %s', async (url, message) => {
    const { get } = await world();
    const answer = await get(url);
    expect(answer.status).toBe(500);
    expect(answer.json()).toEqual({ Code: 'ERROR', Message: message, Details: null });
  });

  it('a server that nobody reaches does not resolve', async () => {
    const text = 'dial tcp 127.0.0.1:10112: connect: connection refused';
    const refusing = await world({}, { reach: async () => refused('unreachable', text) });
    expect((await refusing.get('/api/resolve/127.0.0.1/10112')).json()).toMatchObject({ Code: 'ERROR', Message: text });
    const { get } = await world();
    expect((await get('/api/resolve/127.0.0.1/10112')).json()).toMatchObject({
      Code: 'OK',
      Message: 'Instance resolved',
      Details: { Hostname: '127.0.0.1', Port: 10112 },
    });
  });

  it('a cluster without a primary', async () => {
    const { get } = await world({}, { primaryOf: () => null, clusterInfo: () => null });
    expect((await get('/api/master/demo')).json().Message).toBe('No masters found for 127.0.0.1:10111');
    expect((await get('/api/cluster-info/demo')).json().Message).toBe('No cluster info found for 127.0.0.1:10111');
  });

  it.each([
    '/api/instance-replicas/nosuch/3306',
    '/api/audit-recovery/id/77',
    '/api/audit-recovery/uid/none',
    '/api/audit-recovery-steps/none',
    '/api/blocked-recoveries/cluster/none',
  ])('%s is an empty list', async (url) => {
    const { get } = await world();
    expect(await get(url)).toMatchObject({ status: 200, body: '[]' });
  });

  it('an analysis of an unknown cluster is asked for by that name and finds nothing', async () => {
    const { get } = await world();
    expect((await get('/api/replication-analysis/nosuch')).json()).toEqual({
      Code: 'OK',
      Message: 'Analysis',
      Details: [],
    });
  });

  it('without a trace of any cluster, lists that the contract has so are null', async () => {
    const { get } = await world({}, { clusters: () => [], writablePrimaries: () => [], allInstances: () => [] });
    expect((await get('/api/clusters')).body).toBe('null');
    expect((await get('/api/masters')).body).toBe('null');
    expect((await get('/api/clusters-info')).body).toBe('[]');
    expect((await get('/api/all-instances')).body).toBe('[]');
  });
});
