import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Instance, OtherChannel } from '../model/instance.ts';
import { PROMOTION_RULES } from '../model/promotion-rule.ts';
import { sampleReplica, sampleServer } from '../model/topology-samples.ts';
import { frozenReplica } from './candidates.ts';
import type { FailoverRequest } from './failover-plan.ts';
import { compareReceived } from './gtid-progress.ts';
import {
  aFailedPrimaryWith,
  applierBroken,
  at,
  atPosition,
  choose,
  chosenPort,
  type Differences,
  has,
  holding,
  refusals,
  rules,
  trx,
} from './testing.ts';

/** 22294 has received least, 22299 most. */
const SIX: Differences = Object.fromEntries([4, 5, 6, 7, 8, 9].map((digit) => [22290 + digit, has(digit * 10)]));

/** The six, each further changed. */
const sixWith = (changes: Differences): FailoverRequest =>
  aFailedPrimaryWith(
    6,
    Object.fromEntries(Object.entries(SIX).map(([port, own]) => [port, { ...own, ...changes[Number(port)] }])),
  );

/** The same change for several. */
const all = (ports: readonly number[], change: Partial<Instance>): Differences =>
  Object.fromEntries(ports.map((port) => [port, change]));

const SECOND_CHANNEL: OtherChannel = {
  name: 'second',
  sourceKey: { hostname: 'elsewhere', port: 3306 },
  receiverState: 'running',
  applierState: 'running',
  usingGtid: true,
  receivedGtid: '',
};

describe('of six replicas of increasing progress', () => {
  it('C1: the one that has received most is chosen, the others follow in that order', () => {
    const result = choose(sixWith({}));
    if (result.kind === 'none') throw new Error('somebody can be promoted');
    expect(result.choice.chosen.instance.key.port).toBe(22299);
    expect(result.choice.others.map(({ instance }) => instance.key.port)).toEqual([22298, 22297, 22296, 22295, 22294]);
  });

  it('what was received counts, not what was applied', () => {
    expect(chosenPort(sixWith({ 22298: has(95, 1) }))).toBe(22298);
  });

  it('K12: of those that are alike in all else, the one that others replicate from: a recovery that was cut had begun to gather them below it', () => {
    const alike = all([22294, 22295, 22296, 22297, 22298, 22299], has(10));
    expect(chosenPort(sixWith(alike))).toBe(22294);
    expect(chosenPort(sixWith({ ...alike, 22296: { ...has(10), replicas: [at(22300)] } }))).toBe(22296);
  });

  it('C5: no binary log and no logging of replica updates pass over the two that are furthest', () => {
    const request = sixWith({ 22299: { logReplicaUpdatesEnabled: false }, 22298: { logBinEnabled: false } });
    expect(chosenPort(request)).toBe(22297);
    expect(refusals(request)).toEqual({ 22299: 'no-log-replica-updates', 22298: 'no-binary-log' });
  });

  it('D8: one that replicates from other sources too is passed over', () => {
    const request = sixWith({ 22299: { otherChannels: [SECOND_CHANNEL] } });
    expect(chosenPort(request)).toBe(22298);
    expect(refusals(request)).toEqual({ 22299: 'several-sources' });
  });

  it('C2: a minority on a higher version is passed over', () => {
    const request = sixWith({ 22299: { version: '9.8.0' } });
    expect(chosenPort(request)).toBe(22298);
    expect(refusals(request)).toEqual({ 22299: 'minority-version' });
  });

  it('C2: a minority on a lower version may lead', () => {
    expect(chosenPort(sixWith({ 22299: { version: '8.4.0' } }))).toBe(22299);
  });

  it('C3: the majority leads although it is on the higher version', () => {
    expect(chosenPort(sixWith(all([22299, 22298, 22297, 22296], { version: '9.8.0' })))).toBe(22299);
  });

  it('C3: of two versions with as many replicas the lower one leads', () => {
    expect(chosenPort(sixWith(all([22299, 22298, 22297], { version: '10.0.0' })))).toBe(22296);
  });

  it('C4: a minority on ROW is passed over, one on STATEMENT is not, a majority on ROW leads', () => {
    const logging = (binlogFormat: string): Partial<Instance> => ({ binlogFormat });
    const mixed = all([22294, 22295, 22296, 22297, 22298, 22299], logging('MIXED'));
    expect(refusals(sixWith({ ...mixed, 22299: logging('ROW') }))).toEqual({ 22299: 'minority-binlog-format' });
    expect(chosenPort(sixWith({ ...mixed, 22299: logging('STATEMENT') }))).toBe(22299);
    expect(chosenPort(sixWith(all([22294, 22295], logging('STATEMENT'))))).toBe(22299);
    expect(chosenPort(sixWith(all([22294, 22295, 22296], logging('STATEMENT'))))).toBe(22296);
  });

  it('C6: must_not is passed over', () => {
    const promotionRule = rules({ 22299: 'must_not' });
    expect(chosenPort(sixWith({}), { promotionRule })).toBe(22298);
    expect(refusals(sixWith({}), { promotionRule })).toEqual({ 22299: 'must-not-be-promoted' });
  });

  it('C6: prefer_not gives way to whoever can be fed, and is promoted where nobody can', () => {
    const promotionRule = rules({ 22299: 'prefer_not' });
    expect(chosenPort(sixWith({}), { promotionRule })).toBe(22298);
    expect(chosenPort({ ...sixWith({}), failedDonors: [at(22299)] }, { promotionRule })).toBe(22299);
  });

  it('C10: one that is behind and preferred is promoted, fed by the one that has received most', () => {
    const result = choose(sixWith({}), { promotionRule: rules({ 22295: 'prefer' }) });
    const choice = result.kind === 'chosen' ? result.choice : null;
    expect([choice?.chosen.instance.key, choice?.donor?.instance.key]).toEqual([at(22295), at(22299)]);
    expect(choice?.because).toBe('which is preferred to 127.0.0.1:22299');
  });

  it('C10, D5: one that must not be promoted, and has received most, feeds the one that is', () => {
    const donorOf = (differences: Parameters<typeof sixWith>[0], change: Partial<FailoverRequest> = {}) => {
      const result = choose({ ...sixWith(differences), ...change }, { promotionRule: rules({ 22299: 'must_not' }) });
      return result.kind === 'chosen' ? (result.choice.donor?.instance.key.port ?? null) : null;
    };
    expect(donorOf({})).toBe(22299);
    expect(donorOf({ 22299: { logReplicaUpdatesEnabled: false } })).toBeNull();
    expect(donorOf({ 22299: applierBroken(has(30, 2)) })).toBeNull();
    expect(donorOf({ 22299: { gtidPurged: trx('1-9999') } })).toBeNull();
    expect(donorOf({}, { failedDonors: [at(22299)] })).toBeNull();
  });

  it('C7: one that matches PromotionIgnoreHostnameFilters is passed over', () => {
    const isIgnored = ({ port }: { port: number }) => port >= 22298;
    expect(chosenPort(sixWith({}), { isIgnored })).toBe(22297);
    expect(refusals(sixWith({}), { isIgnored })).toMatchObject({ 22299: 'ignored-by-configuration' });
  });

  it('a binlog server is never promoted', () => {
    expect(refusals(sixWith({ 22299: { isBinlogServer: true } }))).toEqual({ 22299: 'binlog-server' });
  });

  it('C2: nor do binlog servers count where the majority of versions leads', () => {
    const relaying = all([22294, 22295, 22296, 22297], {
      isBinlogServer: true,
      version: '2.4.10-maxscale',
      binlogFormat: 'INHERIT',
    });
    expect(chosenPort(sixWith(relaying))).toBe(22299);
  });

  it('C15: one that failed earlier in this recovery is not tried again', () => {
    const request = { ...sixWith({}), excluded: [at(22299), at(22298)] };
    expect(chosenPort(request)).toBe(22297);
    expect(refusals(request)).toEqual({ 22299: 'excluded', 22298: 'excluded' });
  });

  it('C14: nobody is chosen when nobody may be, and each is told why', () => {
    const request = sixWith(all([22294, 22295, 22296, 22297, 22298, 22299], { logReplicaUpdatesEnabled: false }));
    expect(choose(request).kind).toBe('none');
    expect(Object.keys(refusals(request))).toHaveLength(6);
  });
});

describe('among replicas that have received the same', () => {
  it('C6: must comes before prefer before neutral before prefer_not', () => {
    const byPort = { 22297: 'must', 22295: 'prefer', 22294: 'neutral', 22296: 'prefer_not' } as const;
    const result = choose(aFailedPrimaryWith(4), { promotionRule: rules(byPort) });
    if (result.kind === 'none') throw new Error('somebody can be promoted');
    const { chosen, others } = result.choice;
    expect([chosen, ...others].map(({ instance }) => instance.key.port)).toEqual([22297, 22295, 22294, 22296]);
  });

  it('C8: the data center of the failed primary comes first, then its region', () => {
    const ny = { dataCenter: 'ny', region: 'east' };
    const boston = { dataCenter: 'boston', region: 'east' };
    const seattle = { dataCenter: 'seattle', region: 'west' };
    const failed = { 22293: ny };
    expect(chosenPort(aFailedPrimaryWith(3, { ...failed, 22294: seattle, 22295: boston, 22296: ny }))).toBe(22296);
    expect(chosenPort(aFailedPrimaryWith(2, { ...failed, 22294: seattle, 22295: boston }))).toBe(22295);
  });

  it('C11: whoever would leave the fewest of the others without a source they can follow comes first, wherever it is', () => {
    const [near, far] = [{ dataCenter: 'ny' }, { dataCenter: 'boston' }];
    const older = { version: '8.4.0' };
    // The older one can follow nobody else, and all others can follow it.
    const places = { 22293: near, 22294: near, 22295: near, 22296: near, 22297: { ...far, ...older } };
    expect(chosenPort(aFailedPrimaryWith(4, places))).toBe(22297);
    expect(chosenPort(aFailedPrimaryWith(4, places), { lowerReplicaVersionAllowed: true })).toBe(22294);
  });

  it('C11: the one that filters what it replicates is not chosen before those that nobody would be refused to follow', () => {
    expect(
      chosenPort(aFailedPrimaryWith(3, { 22294: { hasReplicationFilters: true } }), { verifyReplicationFilters: true }),
    ).toBe(22295);
  });

  it('C6, C8: people’s preference comes before place, where crossing is not forbidden (contract)', () => {
    const request = aFailedPrimaryWith(2, {
      22293: { dataCenter: 'ny' },
      22294: { dataCenter: 'seattle' },
      22295: { dataCenter: 'ny' },
    });
    const promotionRule = rules({ 22294: 'prefer' });
    expect(chosenPort(request, { promotionRule })).toBe(22294);
    expect(chosenPort(request, { promotionRule, preventCrossDataCenter: true })).toBe(22295);
  });

  it('C9: where the place of the failed primary is not known, place decides nothing', () => {
    expect(chosenPort(aFailedPrimaryWith(2, { 22294: { dataCenter: 'ny', region: 'east' } }))).toBe(22294);
  });

  it('C16: the smaller version comes first, and then the key, so that the choice is the same every time', () => {
    expect(chosenPort(aFailedPrimaryWith(3, { 22296: { version: '8.4.0' } }))).toBe(22296);
    expect(chosenPort(aFailedPrimaryWith(3))).toBe(22294);
  });
});

describe('errant transactions', () => {
  const errant = trx('1-3', 22295);
  const withErrant = (received: number): Partial<Instance> => ({
    ...holding(`${trx(`1-${received}`)},${errant}`),
    gtidErrant: errant,
  });

  it('do not outweigh one that the primary has acknowledged', () => {
    // Three writes by mistake at 22295; 22294 alone has the last transaction of the primary.
    expect(chosenPort(aFailedPrimaryWith(2, { 22294: has(100), 22295: withErrant(99) }))).toBe(22294);
  });

  it('do not keep the furthest from being chosen, since everybody can follow it', () => {
    expect(chosenPort(aFailedPrimaryWith(2, { 22294: has(100), 22295: withErrant(100) }))).toBe(22295);
    expect(chosenPort(aFailedPrimaryWith(2, { 22294: has(99), 22295: withErrant(100) }))).toBe(22295);
  });
});

describe('geography, where crossing it is forbidden', () => {
  const here = { dataCenter: 'ny', region: 'east' };
  const far = { dataCenter: 'seattle', region: 'west' };
  const near = { dataCenter: 'boston', region: 'east' };
  const request = aFailedPrimaryWith(3, {
    22293: here,
    22294: { ...here, ...has(7) },
    22295: { ...near, ...has(8) },
    22296: { ...far, ...has(9) },
  });

  it('C8: the furthest of those in the data center is chosen', () => {
    expect(chosenPort(request, { preventCrossDataCenter: true })).toBe(22294);
    expect(refusals(request, { preventCrossDataCenter: true })).toEqual({
      22295: 'crosses-data-center',
      22296: 'crosses-data-center',
    });
  });

  it('C8: the furthest of those in the region is chosen', () => {
    expect(chosenPort(request, { preventCrossRegion: true })).toBe(22295);
    expect(refusals(request, { preventCrossRegion: true })).toEqual({ 22296: 'crosses-region' });
  });

  it('the contract has words for it', () => {
    const result = choose({ ...request, excluded: [at(22294), at(22295)] }, { preventCrossDataCenter: true });
    if (result.kind === 'chosen') throw new Error('nobody is left');
    expect(result.refused.find(({ key }) => key.port === 22296)?.refusal.text).toBe(
      'PreventCrossDataCenterMasterFailover: will not promote server in seattle when failed server in ny',
    );
  });
});

describe('a replica that has not applied all it received', () => {
  const undrained = has(10, 5);

  it('C18: is refused when its applier is broken, although it has received most', () => {
    const request = aFailedPrimaryWith(2, { 22294: has(9), 22295: applierBroken(undrained) });
    expect(chosenPort(request)).toBe(22294);
    expect(refusals(request)).toEqual({ 22295: 'applier-broken' });
  });

  it('C18: is allowed when its applier is merely stopped: the plan starts it', () => {
    const stopped = { ...undrained, applierRunning: false, applierState: 'stopped' } as const;
    expect(chosenPort(aFailedPrimaryWith(2, { 22294: has(9), 22295: stopped }))).toBe(22295);
  });

  it('D4: is refused on MariaDB when both its threads are stopped: starting one drops the relay log', () => {
    const stopped = { ...atPosition('0-1-9', '0-1-5'), applierRunning: false, applierState: 'stopped' } as const;
    const request = aFailedPrimaryWith(2, { 22294: atPosition('0-1-7'), 22295: stopped });
    expect(refusals(request)).toEqual({ 22295: 'applier-cannot-start' });
    expect(chosenPort(request)).toBe(22294);
    const drained = { ...stopped, ...atPosition('0-1-9') };
    expect(chosenPort(aFailedPrimaryWith(2, { 22294: atPosition('0-1-7'), 22295: drained }))).toBe(22295);
  });

  describe('B8: and has not done so in time', () => {
    const late = { ...aFailedPrimaryWith(2, { 22294: has(9), 22295: undrained }), undrained: [at(22295)] };

    it('is passed over for one that has less, which is named', () => {
      expect(refusals(late)).toEqual({ 22295: 'not-drained' });
      expect(chosenPort(late)).toBe(22294);
    });

    it.each(['nobody', 'accept-loss'] as const)(
      'is not passed over for one that has less where it is %s',
      (whenNotDrained) => {
        expect(refusals(late, { whenNotDrained })).toEqual({ 22294: 'has-less', 22295: 'not-drained' });
      },
    );

    it('is passed over for one that has as much, or gets it', () => {
      const whenNotDrained = 'nobody';
      const equal = { ...aFailedPrimaryWith(2, { 22294: has(10), 22295: undrained }), undrained: [at(22295)] };
      expect(chosenPort(equal, { whenNotDrained })).toBe(22294);
      const promotionRule = rules({ 22296: 'must_not' });
      const fed = {
        ...aFailedPrimaryWith(3, { 22294: has(9), 22295: undrained, 22296: has(10) }),
        undrained: [at(22295)],
      };
      expect(chosenPort(fed, { whenNotDrained, promotionRule })).toBe(22294);
    });

    it('does not keep people from one that they name', () => {
      expect(chosenPort({ ...late, designated: at(22294) }, { whenNotDrained: 'nobody' })).toBe(22294);
    });
  });

  it('C7: is refused when it is delayed for longer than a promotion may take', () => {
    const request = aFailedPrimaryWith(2, { 22294: has(9), 22295: { ...undrained, sqlDelaySeconds: 11 } });
    expect(refusals(request, { drainSeconds: 10 })).toEqual({ 22295: 'delayed' });
    expect(refusals(request, { drainSeconds: 11 })).toEqual({});
  });

  it('B8: is refused when it lags as long as FailMasterPromotionOnLagMinutes', () => {
    const request = aFailedPrimaryWith(2, {
      22294: { replicationLagSeconds: 119 },
      22295: { ...undrained, replicationLagSeconds: 120 },
    });
    expect(refusals(request, { failOnLagMinutes: 2 })).toEqual({ 22295: 'lags' });
    expect(refusals(request, { failOnLagMinutes: 0 })).toEqual({});
  });
});

describe('a designated candidate', () => {
  it('C12: is honoured, even behind one that has received more', () => {
    expect(chosenPort({ ...sixWith({}), designated: at(22294) })).toBe(22294);
  });

  it('C12: is refused rather than replaced', () => {
    const request = { ...sixWith({ 22294: { logBinEnabled: false } }), designated: at(22294) };
    expect(choose(request).kind).toBe('none');
    expect(refusals(request)).toEqual({ 22294: 'no-binary-log' });
  });

  it('C12: is not replaced when it is no replica at all', () => {
    expect(choose({ ...sixWith({}), designated: at(3306) }).kind).toBe('none');
  });
});

describe('MariaDB', () => {
  it('C1: the furthest position is chosen', () => {
    const request = aFailedPrimaryWith(3, {
      22294: atPosition('0-22293-7'),
      22295: atPosition('0-22293-9', '0-22293-2'),
      22296: atPosition('0-22293-8'),
    });
    expect(chosenPort(request)).toBe(22295);
  });
});

describe('laws of the choice', () => {
  const server = fc.record({
    received: fc.uniqueArray(fc.integer({ min: 1, max: 8 }), { minLength: 1 }),
    errant: fc.boolean(),
    binlogFormat: fc.constantFrom('STATEMENT', 'MIXED', 'ROW', ''),
    version: fc.constantFrom('8.4.0', '8.4.9', '9.7.4', ''),
    logBinEnabled: fc.boolean(),
    dataCenter: fc.constantFrom('ny', 'seattle', ''),
    rule: fc.constantFrom(...PROMOTION_RULES),
  });
  const world = fc.array(server, { minLength: 1, maxLength: 6 }).map((servers) => {
    const differences = servers.map(({ received, errant, rule: _, ...rest }, index): [number, Partial<Instance>] => {
      const port = 22294 + index;
      const own = errant ? [trx(1, port)] : [];
      const gtids = [...received.map((number) => trx(number)), ...own].join(',');
      return [port, { ...rest, ...holding(gtids), gtidErrant: own.join('') }];
    });
    const promotionRule = rules(Object.fromEntries(servers.map(({ rule }, index) => [22294 + index, rule])));
    const request = aFailedPrimaryWith(servers.length, {
      22293: { dataCenter: 'ny' },
      ...Object.fromEntries(differences),
    });
    return { request, promotionRule };
  });

  it('the chosen one is none of the refused, and nobody allowed has received more than it or its donor', () => {
    fc.assert(
      fc.property(world, ({ request, promotionRule }) => {
        const result = choose(request, { promotionRule });
        if (result.kind === 'none') {
          expect(result.refused).toHaveLength(request.replicas.length);
          return;
        }
        const { chosen, donor, others, refused } = result.choice;
        const { progress } = donor ?? chosen;
        expect(refused.map(({ key }) => key)).not.toContainEqual(chosen.instance.key);
        for (const other of others) expect(compareReceived(progress, other.progress)).not.toBe('behind');
        expect(1 + others.length + refused.length).toBe(request.replicas.length);
      }),
    );
  });

  it('C16: the order in which replicas are told of changes nothing', () => {
    const shuffled = world.chain(({ request, promotionRule }) =>
      fc
        .shuffledSubarray([...request.replicas], { minLength: request.replicas.length })
        .map((replicas) => ({ request, promotionRule, other: { ...request, replicas } })),
    );
    fc.assert(
      fc.property(shuffled, ({ request, promotionRule, other }) => {
        const outcome = (asked: FailoverRequest) => {
          const result = choose(asked, { promotionRule });
          return result.kind === 'none' ? null : [result.choice.chosen, ...result.choice.others];
        };
        expect(outcome(other)).toEqual(outcome(request));
      }),
      // Two who could feed the same one are rare.
      { numRuns: 2000 },
    );
  });
});

describe('a replica is frozen', () => {
  it('only when it replicates by GTID and shows its state', () => {
    expect(frozenReplica(sampleReplica(22294, 22293, has(3)))?.instance.key.port).toBe(22294);
    expect(frozenReplica(sampleServer(22294, has(3)))).toBeNull();
    expect(frozenReplica(sampleReplica(22294, 22293, { ...has(3), usingOracleGtid: false }))).toBeNull();
    expect(frozenReplica(sampleReplica(22294, 22293, holding('nonsense')))).toBeNull();
  });
});
