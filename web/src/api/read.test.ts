import { describe, expect, it } from 'vitest';
import { apiPath, RefusedError, withoutEnvelope } from './client.ts';
import { keyOf, unquoted } from './json.ts';
import { readRecoveries, readRecoverySteps } from './read-recoveries.ts';
import { readAnalyses, readClusterInfos, readServer, readServers } from './read-topology.ts';

describe('answers', () => {
  it('lose their envelope', () => {
    expect(withoutEnvelope(true, { Code: 'OK', Message: 'Analysis', Details: [1] })).toEqual([1]);
  });

  it('that are bare stay as they are, null for an empty list included', () => {
    expect(withoutEnvelope(true, [1])).toEqual([1]);
    expect(withoutEnvelope(true, null)).toBeNull();
  });

  it('that refuse throw the message for people', () => {
    expect(() => withoutEnvelope(false, { Code: 'ERROR', Message: 'no such cluster', Details: null })).toThrow(
      new RefusedError('no such cluster'),
    );
    expect(() => withoutEnvelope(false, 'Not leader')).toThrow(RefusedError);
  });
});

it('asks for names as single path segments, whatever they contain', () => {
  expect(apiPath(['cluster', '../x?y#z/db 1:3306'])).toBe('cluster/..%2Fx%3Fy%23z%2Fdb%201%3A3306');
});

describe('a server', () => {
  const json = {
    Key: { Hostname: 'db1', Port: 3306 },
    MasterKey: { Hostname: '', Port: 0 },
    ReplicationIOThreadState: 2,
    ReplicationSQLThreadState: -1,
    ReplicationLagSeconds: { Int64: 5, Valid: true },
    LastIOError: '"can\\u0027t connect \\"db0\\""',
    IsDowntimed: true,
    DowntimeReason: 'upgrade',
    DowntimeOwner: 'alice',
    DowntimeEndTimestamp: '2026-11-23 04:37:32',
    Problems: ['errant_gtid'],
  };

  it('is read in words of today', () => {
    expect(readServer(json)).toMatchObject({
      key: 'db1:3306',
      sourceKey: null,
      receiver: 'other',
      applier: 'none',
      lagSeconds: 5,
      receiverError: 'can\'t connect "db0"',
      downtime: { reason: 'upgrade', owner: 'alice', until: '2026-11-23 04:37:32' },
      problems: ['errant_gtid'],
    });
  });

  it('without lag has null, not zero', () => {
    expect(readServer({ ...json, ReplicationLagSeconds: { Int64: 0, Valid: false } })?.lagSeconds).toBeNull();
  });

  it('of which nothing but the key is sane still has a page', () => {
    const server = readServer({
      Key: json.Key,
      Version: 7,
      Problems: 'x',
      ReplicationLagSeconds: [],
      MasterKey: 3,
      Uptime: 'a',
    });
    expect(server).toMatchObject({
      key: 'db1:3306',
      version: '',
      problems: [],
      lagSeconds: null,
      sourceKey: null,
      uptimeSeconds: 0,
    });
  });

  it('without a key is left out', () => {
    expect(readServers([null, 3, 'x', {}, { Key: { Hostname: '', Port: 0 } }, json])).toHaveLength(1);
  });
});

it('reads empty lists that the contract writes as null', () => {
  expect(readServers(null)).toEqual([]);
  expect(readClusterInfos(null)).toEqual([]);
  expect(readAnalyses(null)).toEqual([]);
  expect(readRecoveries(null)).toEqual([]);
  expect(readRecoverySteps(undefined)).toEqual([]);
});

it('reads a recovery without errors from the one empty line that says so, and nobody promoted from the empty key', () => {
  const [recovery] = readRecoveries([
    {
      UID: '1:a',
      AnalysisEntry: { AnalyzedInstanceKey: { Hostname: 'db1', Port: 3306 }, Analysis: 'DeadMaster' },
      SuccessorKey: { Hostname: '', Port: 0 },
      AllErrors: [''],
      LostReplicas: [{ Hostname: 'db3', Port: 3306 }],
    },
  ]);
  expect(recovery).toMatchObject({
    failedKey: 'db1:3306',
    successorKey: null,
    errors: [],
    lost: ['db3:3306'],
    code: 'DeadMaster',
  });
});

it('reads keys of the contract and of our events', () => {
  expect(keyOf({ Hostname: 'db1', Port: 3306 })).toBe('db1:3306');
  expect(keyOf({ hostname: 'db1', port: 3306 })).toBe('db1:3306');
  expect(keyOf({ host: '::1', port: 3306 })).toBe('::1:3306');
  expect(keyOf({ Hostname: '_', Port: 3306 })).toBeNull();
});

it('leaves an error text alone that is no quoted literal', () => {
  expect(unquoted('"broken')).toBe('"broken');
  expect(unquoted('plain')).toBe('plain');
});
