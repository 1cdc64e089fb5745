/** For tests of the doors: a cluster whose primary has died, seen just before it is recovered. */
import { clusterName, millis, unixMillis } from '../model/brand.ts';
import { SAMPLE_NOW, sampleKey, sampleReplica, sampleServer } from '../model/topology-samples.ts';
import type { Explanation } from './explanation.ts';

const [PRIMARY, REPLICA, UNFIT] = [sampleKey(10111), sampleKey(10112), sampleKey(10113)];
const before = (ago: number) => unixMillis(SAMPLE_NOW - ago);

export const sampleExplanation: Explanation = {
  clusterName: clusterName('127.0.0.1:10111'),
  clusterAlias: 'demo',
  at: SAMPLE_NOW,
  observer: { hostname: 'orc1', token: 'abc' },
  leads: true,
  otherNodes: [
    { node: 'orc2:3000', failure: '' },
    { node: 'orc3:3000', failure: 'no answer within 1000 ms' },
  ],
  servers: [
    {
      instance: sampleServer(10111, { readOnly: false, lastSeen: before(3_000) }),
      isPrimary: true,
      answers: false,
      failure: 'Error 1040 (08004): Too many connections',
      ageMillis: 3_000,
      isSeenHere: true,
      seenElsewhere: [{ node: 'orc2:3000', answers: false, ageMillis: 3_100, failure: 'connection refused' }],
    },
    {
      instance: sampleReplica(10112, 10111, { readOnly: true, receiverState: 'other', lastIoError: '"error 2003"' }),
      isPrimary: false,
      answers: true,
      failure: '',
      ageMillis: 200,
      isSeenHere: true,
      seenElsewhere: [{ node: 'orc2:3000', answers: true, ageMillis: 400, failure: '' }],
    },
    {
      instance: sampleReplica(10113, 10111, { readOnly: true, applierState: 'stopped', lastSqlError: '"error 1062"' }),
      isPrimary: false,
      answers: true,
      failure: '',
      ageMillis: 12_300,
      isSeenHere: false,
      seenElsewhere: [],
    },
  ],
  conclusions: [
    {
      key: PRIMARY,
      code: 'DeadMaster',
      because: 'it is a primary and does not answer',
      line: 2,
      structureWarnings: ['ErrantGTIDStructureWarning'],
      proof: {
        kind: 'proven',
        evidence: [
          {
            kind: 'receiver-not-connected',
            key: REPLICA,
            observedAt: before(200),
            age: millis(200),
            isWitness: true,
            receiverState: 'other',
            errorNumber: 2003,
            errorText: '"error 2003"',
          },
        ],
      },
      gates: [
        { name: 'leadership', isOpen: true, text: 'this node leads', opensAt: null },
        { name: 'downtime', isOpen: false, text: 'downtimed', opensAt: unixMillis(SAMPLE_NOW + 60_000) },
      ],
    },
    {
      key: REPLICA,
      code: 'NoProblem',
      because: 'no line of the ladder holds',
      line: null,
      structureWarnings: [],
      proof: null,
      gates: [],
    },
  ],
  ifPrimaryDied: {
    primary: PRIMARY,
    promoted: REPLICA,
    refusal: '',
    others: [],
    refused: [{ key: UNFIT, refusal: { kind: 'applier-broken', text: '127.0.0.1:10113: its applier is broken' } }],
    lost: [{ key: UNFIT, reason: 'it cannot replicate from the new primary', transactionsAtRisk: '' }],
    pending: [],
    silentDeathMillis: 2_100,
    gates: [],
  },
  detections: [
    {
      at: before(86_400_000),
      key: PRIMARY,
      code: 'DeadMaster',
      recovery: { uid: '1:a', isSuccessful: true, successor: REPLICA, errors: [] },
    },
  ],
  refusals: [{ at: before(1_000), key: PRIMARY, reason: 'DeadMaster: downtimed' }],
};
