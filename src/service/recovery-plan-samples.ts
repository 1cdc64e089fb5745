/** For tests of the doors: a plan of a failover with one of everything. */
import { clusterName, unixMillis } from '../model/brand.ts';
import { sampleKey } from '../model/topology-samples.ts';
import { stepId } from '../planning/plan.ts';
import type { RecoveryPlan } from './recovery-plan.ts';

export const sampleRecoveryPlan: RecoveryPlan = {
  kind: 'failover',
  clusterName: clusterName('127.0.0.1:10111'),
  clusterAlias: 'demo',
  at: unixMillis(Date.UTC(2026, 2, 1, 12)),
  primary: sampleKey(10111),
  promoted: sampleKey(10113),
  because: 'which has received the most',
  servers: [
    {
      key: sampleKey(10113),
      afterwards: 'primary',
      because: 'which has received the most',
      notPromoted: '',
      transactionsAtRisk: '',
    },
    {
      key: sampleKey(10114),
      afterwards: 'lost',
      because: 'it has received more than the promoted server',
      notPromoted: '127.0.0.1:10114 has no binary log',
      transactionsAtRisk: 'uuid:7',
    },
    { key: sampleKey(10111), afterwards: 'replaced', because: '', notPromoted: '', transactionsAtRisk: '' },
  ],
  stages: [
    {
      what: 'the receivers are stopped',
      steps: [
        {
          step: {
            id: stepId('stop receiver of 127.0.0.1:10113'),
            server: sampleKey(10113),
            commands: [{ kind: 'stop-receiver' }],
            dependsOn: [],
            precondition: { kind: 'none' },
            postcondition: { kind: 'receiver-stopped' },
            deadlineMillis: 2_000,
            undo: [{ kind: 'start-receiver' }],
            onFailure: 'lose-server',
            effect: 'what it has received does not grow any more',
          },
          statements: ['STOP REPLICA IO_THREAD'],
          undo: ['START REPLICA IO_THREAD'],
        },
      ],
    },
  ],
  time: { expectedMillis: 40, atMostMillis: 30_000 },
  outage: { expectedMillis: 12, atMostMillis: 22_000 },
  durability: { kind: 'may-have-lost', because: 'others have what the new primary has not', gtids: 'uuid:7' },
  warnings: ['semi-sync is left off: nobody acknowledges'],
};
