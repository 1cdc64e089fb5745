import { describe, expect, it } from 'vitest';
import { sampleReplica, sampleServer } from '../model/topology-samples.ts';
import { ifTakenOver, type TakeoverPreviewFacts } from './if-taken-over.ts';
import { NO_VARIABLES } from './role-variables.ts';
import { has, holding, placeAt, standingAt, TEST_CLUSTER, trx } from './testing.ts';

const facts: TakeoverPreviewFacts = {
  clusterName: TEST_CLUSTER,
  primary: sampleServer(22293, has(20)),
  successor: sampleReplica(22294, 22293, has(20)),
  siblings: [sampleReplica(22295, 22293, has(18))],
  followers: [],
  credentials: null,
  catchUpSeconds: 20,
  stallSeconds: 3,
  useSuperReadOnly: true,
  primaryVariables: NO_VARIABLES,
  replicaVariables: NO_VARIABLES,
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

  it('D10: without GTIDs nobody is moved before the outage, and all others after it', () => {
    const changes = {
      primary: sampleServer(22293, { selfCoordinates: placeAt(900) }),
      successor: sampleReplica(22294, 22293, { ...standingAt(900), selfCoordinates: placeAt(40) }),
      siblings: [sampleReplica(22295, 22293, standingAt(880))],
    };
    const { before, outage, after, preview } = planned(changes);
    expect(before).toEqual([]);
    expect(outage).toEqual([
      'make 127.0.0.1:22293 read-only',
      'let 127.0.0.1:22294 apply all of 127.0.0.1:22293',
      'drain 127.0.0.1:22294',
      'promote 127.0.0.1:22294',
    ]);
    expect(after).toEqual([
      'let 127.0.0.1:22295 apply all of 127.0.0.1:22293',
      'stop receiver of 127.0.0.1:22295',
      'drain 127.0.0.1:22295',
      'see that 127.0.0.1:22295 stands where 127.0.0.1:22294 did',
      'point 127.0.0.1:22295 at 127.0.0.1:22294',
      'point 127.0.0.1:22293 at 127.0.0.1:22294',
    ]);
    const at = { kind: 'place', place: { kind: 'known', coordinates: placeAt(40) } };
    expect(preview.after.at(-1)?.steps[0]?.commands[0]).toMatchObject({ kind: 'follow-when-safe', at });
    const hidden = { ...changes, primary: sampleServer(22293, { selfCoordinates: placeAt(0, '') }) };
    expect(ifTakenOver({ ...facts, ...hidden })).toMatchObject({ kind: 'refused', code: 'no-place' });
  });

  it('is refused where the primary shows no GTID state', () => {
    const primary = sampleServer(22293, holding('nonsense'));
    expect(ifTakenOver({ ...facts, primary })).toMatchObject({ kind: 'refused' });
  });

  it.each([
    ['by GTID', {}],
    [
      'by place',
      {
        primary: sampleServer(22293, { selfCoordinates: placeAt(900) }),
        successor: sampleReplica(22294, 22293, standingAt(900)),
      },
    ],
  ])('E4: %s, the variables of both roles are among what is told', (_, changes) => {
    const role = (value: string) => new Map([['event_scheduler', value]]);
    const { preview } = planned({
      ...changes,
      siblings: [],
      primaryVariables: role('ON'),
      replicaVariables: role('OFF'),
    });
    const given = [...preview.outage, ...preview.after].flatMap(({ steps }) =>
      steps.flatMap(({ server, commands }) =>
        commands.flatMap((command) => (command.kind === 'set-variable' ? [[server.port, command.value]] : [])),
      ),
    );
    expect(given).toEqual([
      [22294, 'ON'],
      [22293, 'OFF'],
    ]);
  });
});
