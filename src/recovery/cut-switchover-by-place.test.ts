/** Switchovers without GTIDs whose process died after the promotion: all others go on where the journal says, and nobody at a guess. */
import { expect, it } from 'vitest';
import type { Instance } from '../model/instance.ts';
import type { ServerCommand } from '../model/server-command.ts';
import { sampleReplica, sampleServer } from '../model/topology-samples.ts';
import { drainStepId } from '../planning/plan.ts';
import { recordedPlaceText } from '../planning/recorded-place.ts';
import { NO_VARIABLES } from '../planning/role-variables.ts';
import { planTakeoverByPlace } from '../planning/switchover-by-place.ts';
import { planDemotion } from '../planning/switchover-plan.ts';
import { at as key, PRIMARY_PORT, placeAt, standingAt, TEST_CLUSTER } from '../planning/testing.ts';
import { finishCutRecovery } from './cut-recovery.ts';
import { aRecord, journaled, RecoveryWorld } from './testing.ts';

const [OLD, NEW, SIBLING] = [PRIMARY_PORT, PRIMARY_PORT + 1, PRIMARY_PORT + 2];
const [END, BEGINNING] = [placeAt(900), placeAt(40)];

const without = { supportsOracleGtid: false, hasReplicationCredentials: true } as const;
const old = sampleServer(OLD, { ...without, readOnly: true, selfCoordinates: END });
const fresh = sampleServer(NEW, { ...without, selfCoordinates: placeAt(70) });
const sibling = sampleReplica(SIBLING, OLD, standingAt(900));
const before = sampleReplica(NEW, OLD, standingAt(900));

const lines = [
  ...journaled(planDemotion(TEST_CLUSTER, { ...old, readOnly: false }, before, true)),
  ...journaled(
    planTakeoverByPlace({
      clusterName: TEST_CLUSTER,
      demoted: old,
      successor: before,
      logEnd: END,
      catchUpSeconds: 20,
      useSuperReadOnly: false,
      startsOld: true,
      semiSync: { kind: 'as-it-is' },
      primaryVariables: NO_VARIABLES,
    }),
  ),
];
const stood = recordedPlaceText({ execCoordinates: END, selfCoordinates: BEGINNING });
const journal = [...lines, { stepId: drainStepId(key(NEW)), phase: 'done', detail: stood } as const];

async function takenUp(servers: readonly Instance[], written = journal) {
  const followed: Record<number, unknown> = {};
  const watch = ({ port }: { readonly port: number }, command: ServerCommand): boolean => {
    if (command.kind === 'follow') followed[port] = command.options.place;
    return false;
  };
  const world = new RecoveryWorld(servers, { journal: written, refuses: watch });
  const end = await finishCutRecovery(aRecord(), world.ports);
  return { world, end, followed };
}

const there = { kind: 'position', coordinates: BEGINNING, leavesGtid: false };

it('K12, I4: the sibling and the old primary go on where the log of the new one had ended', async () => {
  const { world, end, followed } = await takenUp([old, fresh, sibling]);
  expect(end).toEqual({ kind: 'finished', successor: key(NEW) });
  expect(followed).toEqual({ [SIBLING]: there, [OLD]: there });
  expect(world.at(OLD)).toMatchObject({ sourceKey: key(NEW), receiverState: 'running' });
  expect(world.lost).toEqual([]);
  // The old primary would send it what it could not tell from what it has.
  expect(world.told.indexOf(`${SIBLING} follow`)).toBeLessThan(world.told.indexOf(`${OLD} follow`));
});

it('G1: an old primary that has written since is left alone, and marked as lost', async () => {
  const { world, followed } = await takenUp([{ ...old, selfCoordinates: placeAt(950) }, fresh]);
  expect(followed).toEqual({});
  expect(world.lost).toEqual([`127.0.0.1:${OLD}`]);
  expect(world.steps.join()).toContain('its binary log ends at binlog.000007:950');
});

it('a sibling that stands elsewhere is left where it is, and marked as lost', async () => {
  const stopped = { receiverState: 'stopped', applierState: 'stopped' } as const;
  const { world, followed } = await takenUp([old, fresh, { ...sibling, ...standingAt(700), ...stopped }]);
  expect(followed).toEqual({ [OLD]: there });
  expect(world.lost).toEqual([`127.0.0.1:${SIBLING}`]);
});

it('where the journal tells no place nobody is pointed anywhere', async () => {
  const { world, followed } = await takenUp([old, fresh], lines);
  expect(followed).toEqual({});
  expect(world.lost).toEqual([`127.0.0.1:${OLD}`]);
  expect(world.steps.join()).toContain('nothing tells where it goes on');
});

it('a sibling that does not apply the last of the old primary in its time is left there, and its receiver runs on', async () => {
  const { world, followed } = await takenUp([old, fresh, { ...sibling, ...standingAt(900, 700) }]);
  expect(followed).toEqual({ [OLD]: there });
  expect(world.told.filter((line) => line.startsWith(`${SIBLING} `))).toEqual([]);
  expect(world.lost).toEqual([`127.0.0.1:${SIBLING}`]);
});
