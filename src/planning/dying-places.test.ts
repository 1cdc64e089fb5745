/** B7: nobody is promoted into a data center that is being lost. */
import { expect, it } from 'vitest';
import { unixMillis } from '../model/brand.ts';
import type { Instance } from '../model/instance.ts';
import { SAMPLE_NOW, sampleServer } from '../model/topology-samples.ts';
import { dyingDataCenters } from './dying-places.ts';
import { aFailedPrimaryWith, at, chosenPort, failover, has, refusals, rules } from './testing.ts';

const MINUTE_MILLIS = 60_000;

/** Not seen since before its last check. */
const silentFor = (minutes: number): Partial<Instance> => ({
  lastSeen: unixMillis(SAMPLE_NOW - minutes * MINUTE_MILLIS),
});

const serversIn = (dataCenter: string, count: number, silentOnes: number): readonly Instance[] =>
  Array.from({ length: count }, (_, index) =>
    sampleServer(index + 1, { dataCenter, ...(index < silentOnes ? silentFor(1) : {}) }),
  );

const dying = (servers: readonly Instance[], outOfService: readonly number[] = []) => [
  ...dyingDataCenters(servers, SAMPLE_NOW, ({ port }) => outOfService.includes(port)),
];

it('a data center is being lost when most of its servers do not answer, and there are enough to tell', () => {
  expect(dying([...serversIn('east', 6, 4), ...serversIn('west', 6, 2)])).toEqual(['east']);
  expect(dying(serversIn('east', 6, 3))).toEqual([]);
  expect(dying(serversIn('east', 3, 3))).toEqual([]);
  expect(dying(serversIn('', 6, 6))).toEqual([]);
});

it('servers that were lost before, or are out of service, say nothing', () => {
  expect(dying(serversIn('east', 6, 4), [1, 2])).toEqual([]);
  const longAgo = serversIn('east', 4, 0).map((server) => ({ ...server, ...silentFor(60) }));
  expect(dying([...longAgo, ...serversIn('east', 4, 0)])).toEqual([]);
});

const place = (dataCenter: string, received = 10): Partial<Instance> => ({ dataCenter, ...has(received) });

it('C8: the candidate beside the dead primary is passed over, and feeds the other where it has more', () => {
  const request = {
    ...aFailedPrimaryWith(2, { 22293: place('east'), 22294: place('east', 12), 22295: place('west') }),
    dyingDataCenters: new Set(['east']),
  };
  expect(chosenPort(request)).toBe(22295);
  expect(refusals(request)).toEqual({ 22294: 'dying-data-center' });
  const planned = failover(request);
  expect(planned.kind === 'planned' && planned.choice.donor?.instance.key).toEqual(at(22294));
});

it('where nobody else may be promoted, or a person wants it, it is promoted all the same', () => {
  const both = aFailedPrimaryWith(2, { 22293: place('east'), 22294: place('east'), 22295: place('west') });
  const request = { ...both, dyingDataCenters: new Set(['east']) };
  expect(chosenPort(request, { promotionRule: rules({ 22295: 'must_not' }) })).toBe(22294);
  expect(chosenPort({ ...request, designated: at(22294) })).toBe(22294);
});
