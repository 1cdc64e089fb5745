import { expect, it } from 'vitest';
import { NO_EVIDENCE } from './blank-instance.ts';
import type { Instance, ReceiverEvidence } from './instance.ts';
import { isSourceSilent, silentDeath } from './source-silence.ts';
import { sampleReplica } from './topology-samples.ts';

const LISTENING = { ...NO_EVIDENCE, waitsForSource: true, heartbeatPeriodMillis: 1_000 } as const;

const replica = (evidence: Partial<ReceiverEvidence>, change: Partial<Instance> = {}): Instance =>
  sampleReplica(2, 1, { ...change, evidence: { ...LISTENING, ...evidence } });

it.each([
  [1_000, 2_099, false],
  [1_000, 2_100, true],
  [30_000, 60_000, false],
  [30_000, 60_100, true],
  // However short the period: a host may pause for a moment.
  [100, 1_099, false],
  [100, 1_100, true],
])('with a heartbeat every %i ms a source that was silent for %i ms is silent: %s', (period, silent, expected) => {
  expect(isSourceSilent(replica({ heartbeatPeriodMillis: period, silentMillis: silent }))).toBe(expected);
});

it.each([
  ['without heartbeats', replica({ heartbeatPeriodMillis: 0, silentMillis: 99_999 })],
  ['where it is not known', replica({ silentMillis: null })],
  ['while the receiver is busy writing', replica({ silentMillis: 99_999, waitsForSource: false })],
  ['of a receiver that stands still', replica({ silentMillis: 99_999 }, { receiverState: 'stopped' })],
  ['of one that is not connected', replica({ silentMillis: 99_999 }, { receiverState: 'other' })],
  ['of what was read from the backend', sampleReplica(2, 1)],
])('nothing is told of silence %s', (_, instance) => {
  expect(isSourceSilent(instance)).toBe(false);
});

it.each([
  ['by the slowest heartbeat', [1_000, 10_000], { kind: 'by-heartbeats', afterMillis: 20_100 }],
  ['no sooner than a busy host pauses', [100], { kind: 'by-heartbeats', afterMillis: 1_100 }],
  ['by a timeout where one gets no heartbeats', [1_000, 0], { kind: 'by-timeout' }],
  ['never where nobody replicates', [], { kind: 'never' }],
])('A9: a silent death is noticed %s', (_, periods, expected) => {
  expect(silentDeath(periods.map((heartbeatPeriodMillis) => replica({ heartbeatPeriodMillis })))).toEqual(expected);
});

it('A9: what is read from the backend does not tell when a silent death is noticed', () => {
  expect(silentDeath([replica({}), sampleReplica(3, 1)])).toEqual({ kind: 'unknown' });
});
