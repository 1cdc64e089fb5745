import { describe, expect, it } from 'vitest';
import { REPORT_HINTS } from './filters.ts';
import {
  aPrimaryWith,
  applierStopped,
  at,
  coPrimariesWith,
  down,
  failingToConnect,
  groupMember,
  receiverStopped,
  specFixture,
  type World,
} from './testing.ts';
import { clientText, commandLineText, hookInstanceType } from './text.ts';

const world = aPrimaryWith(3);
const REPLICAS = [22294, 22295, 22296];
const dead = world.with(22293, down).withEach(REPLICAS, receiverStopped);

const codes = (situation: World, caller: keyof typeof REPORT_HINTS, policy = {}) =>
  situation.reported(REPORT_HINTS[caller], policy).map((entry) => entry.code);

describe('which entries are reported (spec section 10)', () => {
  it('those without a problem only to a forced recovery', () => {
    expect(codes(world, 'api')).toEqual([]);
    expect(codes(world, 'commandLine')).toEqual([]);
    expect(codes(world, 'service')).toEqual([]);
    expect(codes(world, 'forcedRecovery')).toEqual(['NoProblem']);
  });
  it('a structure warning is a problem', () => {
    expect(codes(world.with(22294, { gtidErrant: 'aa:1' }), 'commandLine')).toEqual(['NoProblem']);
  });
  it('none of an ignored host, whoever asks; the port is not part of it', () => {
    const ignoring = (pattern: RegExp) => ({ ignoresHostname: (hostname: string) => pattern.test(hostname) });
    expect(codes(dead, 'forcedRecovery', ignoring(/^test/))).toEqual([]);
    expect(codes(dead, 'api', ignoring(/22293/))).toEqual(['DeadMaster']);
  });
  it('those of a downtimed server to all but the command line, marked', () => {
    const muted = dead.downtimed(22293);
    expect(codes(muted, 'commandLine')).toEqual([]);
    expect(codes(muted, 'api')).toEqual(['DeadMaster']);
    expect(muted.entryOf(22293)).toMatchObject({ isSkippableDueToDowntime: true, areReplicasDowntimed: false });
  });
});

describe('downtime of all replicas', () => {
  const all = (situation: World, ports: readonly number[]) =>
    ports.reduce<World>((muted, port) => muted.downtimed(port), situation);
  const two = coPrimariesWith(1);
  const fixture = specFixture();
  const threeBelow = fixture.withEach([22296, 22297], { sourceKey: at(22294) });

  it.each<[string, World, number, readonly number[]]>([
    ['AllMasterReplicasNotReplicating', world.withEach(REPLICAS, applierStopped), 22293, REPLICAS],
    [
      'AllMasterReplicasNotReplicatingOrDead',
      world.withEach(REPLICAS, applierStopped).with(22294, down),
      22293,
      REPLICAS,
    ],
    ['MasterSingleReplicaDead', aPrimaryWith(1).with(22294, down), 22293, [22294]],
    ['AllCoMasterReplicasNotReplicating', two.withEach([22294, 22295], applierStopped), 22293, [22294, 22295]],
    ['DeadIntermediateMasterWithSingleReplica', fixture.with(22294, down).with(22295, receiverStopped), 22294, [22295]],
    [
      'DeadIntermediateMasterWithSingleReplicaFailingToConnect',
      fixture.with(22294, down).with(22295, failingToConnect('source')),
      22294,
      [22295],
    ],
    ['DeadIntermediateMasterAndReplicas', fixture.withEach([22294, 22295], down), 22294, [22295]],
    [
      'DeadIntermediateMasterAndSomeReplicas',
      threeBelow.withEach([22295, 22296, 22297], receiverStopped).withEach([22294, 22295], down),
      22294,
      [22295, 22296, 22297],
    ],
    [
      'AllIntermediateMasterReplicasFailingToConnectOrDead',
      threeBelow.withEach([22295, 22296, 22297], failingToConnect('source')),
      22294,
      [22295, 22296, 22297],
    ],
    ['AllIntermediateMasterReplicasNotReplicating', fixture.with(22295, applierStopped), 22294, [22295]],
  ])('mutes %s, but not while one of them is not downtimed', (code, situation, port, replicas) => {
    expect(all(situation, replicas).entryOf(port)).toMatchObject({
      code,
      areReplicasDowntimed: true,
      isSkippableDueToDowntime: true,
      isDowntimed: false,
    });
    expect(all(situation, replicas.slice(1)).entryOf(port)).toMatchObject({ code, isSkippableDueToDowntime: false });
  });

  it.each<[string, World, number, readonly number[]]>([
    ['DeadMaster', dead, 22293, REPLICAS],
    ['UnreachableMaster', world.with(22293, down), 22293, REPLICAS],
    ['MasterSingleReplicaNotReplicating', aPrimaryWith(1).with(22294, applierStopped), 22293, [22294]],
    [
      'DeadIntermediateMaster',
      threeBelow.with(22294, down).withEach([22295, 22296, 22297], receiverStopped),
      22294,
      [22295, 22296, 22297],
    ],
  ])('does not mute %s', (code, situation, port, replicas) => {
    expect(all(situation, replicas).entryOf(port)).toMatchObject({ code, isSkippableDueToDowntime: false });
  });
});

describe('an entry in words', () => {
  const deadAndErrant = dead.with(22294, { gtidErrant: 'aa:1' }).entryOf(22293);
  const errant = world.with(22294, { gtidErrant: 'aa:1', gtidMode: 'OFF' }).entryOf(22293);

  it('on the command line: the code, then the warnings', () => {
    expect(commandLineText(deadAndErrant)).toBe(
      'testhost:22293 (cluster testhost:22293): DeadMaster, ErrantGTIDStructureWarning',
    );
    expect(commandLineText(errant)).toBe(
      'testhost:22293 (cluster testhost:22293): DifferentGTIDModesStructureWarning, ErrantGTIDStructureWarning',
    );
  });
  it('in the client: one word', () => {
    expect(clientText(deadAndErrant)).toBe('testhost:22293 (cluster testhost:22293): DeadMaster');
    expect(clientText(errant)).toBe('testhost:22293 (cluster testhost:22293): DifferentGTIDModesStructureWarning');
  });
  it('to hooks: co-master before group-member before master before intermediate-master', () => {
    const typeOf = (situation: World, port = 22293) => hookInstanceType(situation.entryOf(port));
    expect(typeOf(world)).toBe('master');
    expect(typeOf(specFixture(), 22294)).toBe('intermediate-master');
    expect(typeOf(world.with(22293, groupMember('PRIMARY')))).toBe('group-member');
    expect(typeOf(world.with(22293, groupMember('PRIMARY'), { isCoPrimary: true }))).toBe('co-master');
  });
});
