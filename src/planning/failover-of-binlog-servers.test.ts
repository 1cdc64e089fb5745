// A17, O57: a dead primary below which there are binlog servers alone.
import { describe, expect, it } from 'vitest';
import type { BinlogCoordinates } from '../model/binlog-coordinates.ts';
import { NO_EVIDENCE } from '../model/blank-instance.ts';
import type { Instance } from '../model/instance.ts';
import { sampleReplica, sampleServer } from '../model/topology-samples.ts';
import {
  type BinlogServerFailoverRequest,
  planFailoverOfBinlogServers,
  type ServerBelow,
} from './failover-of-binlog-servers.ts';
import type { PromotionPolicy } from './promotion-policy.ts';
import { at, isOrdered, PRIMARY_PORT, rules, stepOf, TEST_CLUSTER, TEST_POLICY } from './testing.ts';

const [ONE, TWO, THREE, FOUR, FIVE] = [1, 2, 3, 4, 5].map((number) => PRIMARY_PORT + number) as [
  number,
  number,
  number,
  number,
  number,
];
const [NEW, OTHER] = [PRIMARY_PORT + 11, PRIMARY_PORT + 12];
const key = (port: number) => `127.0.0.1:${port}`;
const place = (pos: number, file = 'binlog.000007'): BinlogCoordinates => ({ file, pos, type: 'binary' });

/** It keeps the primary's log up to there, and stands still. */
const keeper = (port: number, pos: number, file?: string): Instance =>
  sampleReplica(port, PRIMARY_PORT, {
    isBinlogServer: true,
    usingOracleGtid: false,
    receiverState: 'stopped',
    selfCoordinates: place(pos, file),
    readCoordinates: place(pos, file),
    execCoordinates: place(pos, file),
  });

/** It replicates from the binlog server at `through`, and writes nothing of that to its own log. */
const below = (port: number, through: number, changes: Partial<Instance> = {}, answers = true): ServerBelow => ({
  instance: sampleReplica(port, through, {
    usingOracleGtid: false,
    logReplicaUpdatesEnabled: false,
    selfCoordinates: place(157, 'binlog.000005'),
    readCoordinates: place(500),
    execCoordinates: place(500),
    ...changes,
  }),
  answers,
  through: at(through),
});

const request = (change: Partial<BinlogServerFailoverRequest> = {}): BinlogServerFailoverRequest => ({
  clusterName: TEST_CLUSTER,
  failed: sampleServer(PRIMARY_PORT),
  servers: [keeper(ONE, 500), keeper(TWO, 700)],
  silentServers: [],
  unreachable: [],
  below: [below(NEW, ONE)],
  designated: null,
  excluded: [],
  mayLive: false,
  ...change,
});

const plan = (change: Partial<BinlogServerFailoverRequest> = {}, policy: Partial<PromotionPolicy> = {}) =>
  planFailoverOfBinlogServers(request(change), { ...TEST_POLICY, ...policy });

function planned(change: Partial<BinlogServerFailoverRequest> = {}, policy: Partial<PromotionPolicy> = {}) {
  const result = plan(change, policy);
  if (result.kind === 'refused') throw new Error(result.text);
  return result;
}

describe('binlog servers whose primary is dead', () => {
  it('gather below the one that has come furthest; a server below them takes the primary’s place, and they go on in its log', () => {
    const { leader, chosen, plan } = planned();
    expect([leader.key.port, chosen.key.port]).toEqual([TWO, NEW]);
    expect(isOrdered(plan)).toBe(true);
    expect(plan.steps.map(({ id }) => id)).toEqual([
      `point ${key(ONE)} at ${key(TWO)}`,
      `see that ${key(ONE)} has all that ${key(TWO)} has`,
      `drain ${key(NEW)}`,
      `stop replication on ${key(NEW)}`,
      `flush binary logs of ${key(NEW)}`,
      `promote ${key(NEW)}`,
      `purge binary logs of ${key(NEW)}`,
      `point ${key(TWO)} at ${key(NEW)}`,
      `see that ${key(ONE)} goes on at binlog.000008`,
      `stop replication on ${key(ONE)}`,
      `point ${key(ONE)} at ${key(NEW)}`,
    ]);
  });

  it('the new primary stands exactly where they end, and writes the file that comes next, before it forgets its source', () => {
    const { plan } = planned();
    const stands = { kind: 'applied-up-to', place: { kind: 'known', coordinates: place(700) }, mayBePast: false };
    expect(stepOf(plan, `drain ${key(NEW)}`)).toMatchObject({
      postcondition: stands,
      dependsOn: [`see that ${key(ONE)} has all that ${key(TWO)} has`],
    });
    expect(stepOf(plan, `stop replication on ${key(NEW)}`)).toMatchObject({
      postcondition: stands,
      undo: [{ kind: 'start-replication' }],
    });
    const flush = stepOf(plan, `flush binary logs of ${key(NEW)}`);
    expect(flush.commands).toEqual(Array.from({ length: 3 }, () => ({ kind: 'flush-binary-logs' })));
    expect(flush.postcondition).toEqual({ kind: 'writes-log', file: 'binlog.000008' });
    expect(stepOf(plan, `promote ${key(NEW)}`)).toMatchObject({
      commands: [{ kind: 'forget-source-when-safe', relayLog: { kind: 'drained' } }, { kind: 'set-read-only' }],
      precondition: { kind: 'silent', server: at(PRIMARY_PORT) },
      postcondition: { kind: 'is-writable-primary' },
    });
  });

  it('the one that has come furthest goes on at the beginning of that file, the others where they stand then', () => {
    const { plan } = planned();
    expect(stepOf(plan, `point ${key(TWO)} at ${key(NEW)}`)).toMatchObject({
      commands: [
        { at: { kind: 'place', place: { kind: 'known', coordinates: place(4, 'binlog.000008') } } },
        { kind: 'start-replication' },
      ],
      dependsOn: [`promote ${key(NEW)}`],
    });
    expect(stepOf(plan, `see that ${key(ONE)} goes on at binlog.000008`).postcondition).toEqual({
      kind: 'drained-up-to',
      coordinates: place(4, 'binlog.000008'),
    });
    expect(stepOf(plan, `point ${key(ONE)} at ${key(NEW)}`).commands[0]).toMatchObject({ at: { kind: 'own-place' } });
  });

  it('C14: what is moved before the promotion goes back to where it was', () => {
    const { plan } = planned();
    expect(stepOf(plan, `point ${key(ONE)} at ${key(TWO)}`).undo).toMatchObject([
      { source: at(PRIMARY_PORT), at: { kind: 'own-place' }, relayLog: { kind: 'logged-by', server: at(ONE) } },
    ]);
  });

  it('three others at most follow the new primary themselves; the rest goes on below the one that has come furthest', () => {
    const servers = [keeper(ONE, 700), ...[TWO, THREE, FOUR, FIVE].map((port) => keeper(port, 500))];
    const { plan } = planned({ servers });
    const follow = plan.steps.filter(({ id }) => id.endsWith(` at ${key(NEW)}`)).map(({ server }) => server.port);
    expect(follow).toEqual([ONE, TWO, THREE, FOUR]);
    expect(plan.steps.map(({ id }) => id)).toContain(`point ${key(FIVE)} at ${key(ONE)}`);
  });

  it('where hooks make it writable its replication is reset all the same: it would else follow those that follow it', () => {
    const { plan } = planned({}, { applyPromotion: false });
    expect(stepOf(plan, `reset replication of ${key(NEW)}`)).toMatchObject({
      commands: [{ kind: 'forget-source-when-safe' }],
      postcondition: { kind: 'has-no-source' },
    });
    expect(stepOf(plan, `point ${key(TWO)} at ${key(NEW)}`).dependsOn).toEqual([`reset replication of ${key(NEW)}`]);
  });

  it('one that does not answer is lost, and what it has beyond all others is named', () => {
    const { plan } = planned({ silentServers: [keeper(THREE, 900)] });
    expect(plan.prediction).toMatchObject({
      lost: [{ key: at(THREE), transactionsAtRisk: 'binlog.000007:700 to binlog.000007:900' }],
      transactionsAtRisk: 'binlog.000007:700 to binlog.000007:900',
    });
  });

  it('E4: the new primary has the variables of one before it is writable; none where hooks make it so', () => {
    const primaryVariables = new Map([['sync_binlog', '1']]);
    const kindsOf = (step: string, policy: Partial<PromotionPolicy>) =>
      stepOf(planned({}, { primaryVariables, ...policy }).plan, step).commands.map(({ kind }) => kind);
    expect(kindsOf(`promote ${key(NEW)}`, {})).toEqual(['forget-source-when-safe', 'set-variable', 'set-read-only']);
    expect(kindsOf(`reset replication of ${key(NEW)}`, { applyPromotion: false })).toEqual(['forget-source-when-safe']);
  });

  it('a person’s order is for this one or nobody', () => {
    const two = [below(NEW, ONE), below(OTHER, TWO)];
    expect(planned({ below: two, designated: at(OTHER) }).chosen.key.port).toBe(OTHER);
    expect(plan({ below: two, designated: at(THREE) })).toEqual({
      kind: 'refused',
      text: `${key(THREE)} cannot be promoted: it is below none of the binlog servers`,
    });
  });
});

describe('who can take the place of a primary above binlog servers', () => {
  it('has applied most: all get the same in the end', () => {
    const two = [below(NEW, ONE), below(OTHER, TWO, { readCoordinates: place(700), execCoordinates: place(600) })];
    const { chosen, others } = planned({ below: two });
    expect([chosen.key.port, others.map((other) => other.key.port)]).toEqual([OTHER, [NEW]]);
  });

  it.each<[string, ServerBelow, Partial<PromotionPolicy>?]>([
    ['logs what it replicates', below(NEW, ONE, { logReplicaUpdatesEnabled: true })],
    ['has no binary log', below(NEW, ONE, { logBinEnabled: false })],
    ['did not answer', below(NEW, ONE, {}, false)],
    ['through 127.0.0.1:22296, which does not answer', below(NEW, THREE)],
    ['has the promotion rule must_not', below(NEW, ONE), { promotionRule: rules({ [NEW]: 'must_not' }) }],
    ['matches PromotionIgnoreHostnameFilters', below(NEW, ONE), { isIgnored: () => true }],
    ['writes mysql-bin.000005', below(NEW, ONE, { selfCoordinates: place(157, 'mysql-bin.000005') })],
    ['writes binlog.000008 already', below(NEW, ONE, { selfCoordinates: place(157, 'binlog.000008') })],
    ['has applied up to binlog.000007:800', below(NEW, ONE, { execCoordinates: place(800) })],
    [
      'cannot apply what it received',
      below(NEW, ONE, { execCoordinates: place(400), evidence: { ...NO_EVIDENCE, lastSqlErrorNumber: 1062 } }),
    ],
    ['is delayed by 3600 seconds', below(NEW, ONE, { execCoordinates: place(400), sqlDelaySeconds: 3600 })],
  ])('is not one that %s', (words, server, policy = {}) => {
    const refused = plan({ below: [server] }, policy);
    expect(refused).toMatchObject({ kind: 'refused' });
    expect(refused.kind === 'refused' && refused.text).toContain(words);
  });

  it('does not have to begin more than a thousand files, one after the other', () => {
    const servers = [keeper(ONE, 700, 'binlog.002000')];
    const far = below(NEW, ONE, { execCoordinates: place(4, 'binlog.002000') });
    expect(plan({ servers, below: [far] })).toMatchObject({ kind: 'refused' });
  });

  it('C15: is not one that failed earlier', () => {
    expect(planned({ below: [below(NEW, ONE), below(OTHER, ONE)], excluded: [at(NEW)] }).chosen.key.port).toBe(OTHER);
  });
});
