/** Who takes over where nobody replicates by GTID, and why nobody may (spec/recovery.md 5; I1, I2). */
import { describe, expect, it } from 'vitest';
import type { Instance } from '../model/instance.ts';
import { sampleReplica, sampleServer } from '../model/topology-samples.ts';
import { has, at as key, PRIMARY_PORT, placeAt, standingAt } from '../planning/testing.ts';
import { chooseSuccessor, movableSiblings, type SwitchoverRequest } from './switchover.ts';
import { RecoveryWorld } from './testing.ts';

const [FIRST, SECOND] = [PRIMARY_PORT + 1, PRIMARY_PORT + 2];
const primary = sampleServer(PRIMARY_PORT, { selfCoordinates: placeAt(900) });

const replica = (port: number, changes: Partial<Instance> = {}): Instance =>
  sampleReplica(port, PRIMARY_PORT, {
    ...standingAt(900),
    logBinEnabled: true,
    logReplicaUpdatesEnabled: true,
    ...changes,
  });

function choose(replicas: readonly Instance[], changes: Partial<SwitchoverRequest> = {}) {
  const request: SwitchoverRequest = {
    replicas,
    unreachable: [],
    primary,
    designated: key(FIRST),
    auto: false,
    isDowntimed: () => false,
    ...changes,
  };
  return chooseSuccessor(request, new RecoveryWorld(replicas).ports);
}

const both = (first: Partial<Instance> = {}, second: Partial<Instance> = {}) => [
  replica(FIRST, first),
  replica(SECOND, second),
];

describe('by place', () => {
  it('the designated replica takes over, and its siblings follow', () => {
    const result = choose(both());
    if (result.kind === 'refused') throw new Error(result.text);
    expect(result.choice.successor.key).toEqual(key(FIRST));
    expect(movableSiblings(result.choice).map((one) => one.key)).toEqual([key(SECOND)]);
  });

  it('C6: within reasonable lag all count as equal, and the rest decides', () => {
    const nearer = { ...standingAt(500), dataCenter: 'dc1' };
    const replicas = both({ dataCenter: 'dc2' }, nearer);
    const result = choose(replicas, { designated: null, auto: true, primary: { ...primary, dataCenter: 'dc1' } });
    expect(result).toMatchObject({ choice: { successor: { key: key(SECOND) } } });
  });

  it.each([
    [
      'binary log of the master',
      'no-place',
      choose(both(), { primary: { ...primary, selfCoordinates: placeAt(0, '') } }),
    ],
    ['no binary log', 'cannot-be-promoted', choose(both({ logBinEnabled: false }))],
    ['shows no place', 'cannot-be-promoted', choose(both({ execCoordinates: placeAt(0, '') }))],
    [
      'replicates by GTID, and the others do not',
      'cannot-take-siblings',
      choose(both({}, { ...has(9), usingOracleGtid: true })),
    ],
    ['does not replicate by GTID', 'cannot-take-siblings', choose(both({ ...has(9), usingOracleGtid: true }))],
    ['is delayed by 60 seconds', 'cannot-take-siblings', choose(both({}, { sqlDelaySeconds: 60 }))],
    ['is not replicating', 'cannot-take-siblings', choose(both({}, { applierState: 'stopped' }))],
    ['is a binlog server', 'cannot-take-siblings', choose(both({}, { isBinlogServer: true }))],
    ['shows no place', 'cannot-take-siblings', choose(both({}, { readCoordinates: placeAt(0, '') }))],
    ['lags too much', 'cannot-take-siblings', choose(both({}, { secondsBehindSource: 90, replicationLagSeconds: 90 }))],
  ])('is refused: %s', (text, code, result) => {
    expect(result).toMatchObject({ kind: 'refused', code, text: expect.stringContaining(text) });
  });

  it('I2: a sibling that is downtimed may stay behind', () => {
    const replicas = both({}, { sqlDelaySeconds: 60 });
    const result = choose(replicas, { isDowntimed: ({ port }) => port === SECOND });
    if (result.kind === 'refused') throw new Error(result.text);
    expect(movableSiblings(result.choice)).toEqual([]);
  });
});
