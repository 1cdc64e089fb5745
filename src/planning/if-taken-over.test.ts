import { describe, expect, it } from 'vitest';
import { sampleReplica, sampleServer } from '../model/topology-samples.ts';
import { ifTakenOver, type TakeoverPreviewFacts } from './if-taken-over.ts';
import { has, holding, TEST_CLUSTER, trx } from './testing.ts';

const facts: TakeoverPreviewFacts = {
  clusterName: TEST_CLUSTER,
  primary: sampleServer(22293, has(20)),
  successor: sampleReplica(22294, 22293, has(20)),
  siblings: [sampleReplica(22295, 22293, has(18))],
  followers: [],
  credentials: null,
  catchUpSeconds: 20,
  useSuperReadOnly: true,
  startsOld: true,
};

function planned(changes: Partial<TakeoverPreviewFacts> = {}) {
  const preview = ifTakenOver({ ...facts, ...changes });
  if (preview.kind === 'refused') throw new Error(preview.text);
  const told = (plans: typeof preview.before) => plans.flatMap(({ steps }) => steps.map(({ id }) => id));
  return { before: told(preview.before), outage: told(preview.outage), after: told(preview.after), preview };
}

describe('what a planned switchover would do', () => {
  it('I2: siblings first, while writes go on; then the outage alone; then the old primary', () => {
    const { before, outage, after } = planned();
    expect(before).toEqual([
      'stop receiver of 127.0.0.1:22295',
      'align 127.0.0.1:22294',
      'point 127.0.0.1:22295 at 127.0.0.1:22294',
    ]);
    expect(outage).toEqual(['make 127.0.0.1:22293 read-only', 'drain 127.0.0.1:22294', 'promote 127.0.0.1:22294']);
    expect(after).toEqual(['point 127.0.0.1:22293 at 127.0.0.1:22294']);
  });

  it('waits for all that the primary has by now', () => {
    const { preview } = planned();
    const [, takeover] = preview.outage;
    expect(takeover?.steps[0]?.commands).toMatchObject([{ kind: 'wait-for-gtid', gtid: trx('1-20') }]);
  });

  it('without siblings nothing is done before', () => {
    expect(planned({ siblings: [] }).before).toEqual([]);
  });

  it('is refused where the primary shows no GTID state', () => {
    const primary = sampleServer(22293, holding('nonsense'));
    expect(ifTakenOver({ ...facts, primary })).toMatchObject({ kind: 'refused' });
  });
});
