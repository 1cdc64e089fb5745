import { describe, expect, it } from 'vitest';
import { sampleKey, sampleReplica } from '../model/topology-samples.ts';
import { commonSourceOf, doneServers, failureText, newSourceOf, notDoneTexts } from './operation-figures.ts';
import { doneServer, failedServer, planWith, reportWith } from './operation-samples.ts';

const [X, BETWEEN, BELOW] = [sampleKey(10111), sampleKey(10112), sampleKey(10113)];
const move = (port: number, from = X, to = BETWEEN) => ({ key: sampleKey(port), from, to, method: 'gtid' as const });
const request = { kind: 'relocate-replicas', key: X, below: BELOW, pattern: '' } as const;

/** Two replicas that are moved twice: below one server, then below its replica. One of them does not get there. */
const report = reportWith(
  planWith(request, {
    moves: [move(10114), move(10115)],
    leftOut: [{ key: sampleKey(10116), code: 'x', reason: 'it lags' }],
    next: planWith(request, { moves: [move(10114, BETWEEN, BELOW), move(10115, BETWEEN, BELOW)] }),
  }),
  {
    servers: [
      doneServer(sampleReplica(10114, 10112)),
      doneServer(sampleReplica(10115, 10112)),
      doneServer(sampleReplica(10114, 10113)),
      failedServer(sampleKey(10115), 'i/o timeout'),
    ],
  },
);

describe('servers that are moved twice', () => {
  it('count once, and as what became of them in the end', () => {
    expect(doneServers(report).map(({ key }) => key.port)).toEqual([10114]);
    expect(notDoneTexts(report)).toEqual(['127.0.0.1:10115: i/o timeout', '127.0.0.1:10116: it lags']);
    expect(failureText({ kind: 'partly', report, refusal: { code: 'c', message: 'only 1 of 3' } })).toBe(
      'only 1 of 3; done: 127.0.0.1:10114; not done: 127.0.0.1:10115: i/o timeout; 127.0.0.1:10116: it lags',
    );
  });

  it('have the source of the second move', () => {
    expect(newSourceOf(report, sampleKey(10114))).toEqual(BELOW);
    expect(newSourceOf(report, sampleKey(10115))).toEqual(BELOW);
    expect(commonSourceOf(report)).toEqual(BELOW);
  });
});
