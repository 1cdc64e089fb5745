import { describe, expect, it } from 'vitest';
import { aPrimaryWith, applierStopped, down } from '../analysis/testing.ts';
import { seconds } from '../model/brand.ts';
import type { Sight } from '../model/server-sight.ts';
import type { OtherNodes } from '../ports/other-nodes.ts';
import { policyGates } from './gates.ts';
import { deadPrimary } from './hook-testing.ts';
import type { RecoveryPorts } from './recovery-ports.ts';
import { RecoveryWorld } from './testing.ts';

interface Wishes {
  readonly isDisabled?: boolean;
  readonly minimum?: number;
}

function ports(world: RecoveryWorld, { isDisabled = false, minimum = 0 }: Wishes): RecoveryPorts {
  const policy = { ...world.ports.policy(), minimumSeconds: () => seconds(minimum) };
  return {
    ...world.ports,
    policy: () => policy,
    store: { ...world.ports.store, recoveriesDisabled: async () => isDisabled },
  };
}

const entry = deadPrimary();
const filtered = { ...entry, cluster: { ...entry.cluster, hasAutomatedMasterRecovery: false } };
const missed = aPrimaryWith(2)
  .with(22293, down)
  .withEach([22294, 22295], { receiverState: 'other', receiverRunning: false });

const closed = async (of: typeof entry, world: RecoveryWorld, wishes: Wishes = {}, lastedMillis = 0) =>
  (await policyGates(of, ports(world, wishes), { lastedMillis }))
    .filter(({ isOpen }) => !isOpen)
    .map(({ name }) => name);

describe('the gates of a recovery', () => {
  it('A1: are open where the primary is missed', async () => {
    expect(await closed(entry, new RecoveryWorld(missed.instances))).toEqual([]);
  });

  it('B1, B3: are closed by the filters and by the global switch', async () => {
    const world = new RecoveryWorld(missed.instances);
    expect(await closed(filtered, world, { isDisabled: true })).toEqual(['global-switch', 'cluster-filter']);
  });

  it('A8: are closed by a replica that still hears the primary', async () => {
    const heard = aPrimaryWith(2).with(22293, down).withEach([22294, 22295], applierStopped);
    expect(await closed(entry, new RecoveryWorld(heard.instances))).toEqual(['proof']);
  });

  it('A22: are closed until it has lasted as long as it must, and tell until when', async () => {
    const world = new RecoveryWorld(missed.instances);
    expect(await closed(entry, world, { minimum: 5 }, 4_999)).toEqual(['minimum-time']);
    expect(await closed(entry, world, { minimum: 5 }, 5_000)).toEqual([]);
    const gates = await policyGates(entry, ports(world, { minimum: 5 }), { lastedMillis: 2_000 });
    expect(gates.at(-1)).toEqual({
      name: 'minimum-time',
      isOpen: false,
      text: 'it must last 5 s (MinimumSecondsBeforeRecovery)',
      opensAt: world.ports.clock.now() + 3_000,
    });
  });

  const seenAs = (...sights: readonly Sight[]): OtherNodes => ({
    isAlone: () => false,
    ask: async ([key], look) =>
      sights.map((sight, index) => ({
        node: `orc${index + 2}`,
        kind: 'seen',
        sights: key === undefined || look !== 'now' ? [] : [{ key, sight, ageMillis: 0, failure: '' }],
      })),
  });
  const agreementGate = async (otherNodes: OtherNodes, of = entry, asksOtherNodes = true) => {
    const all = ports(new RecoveryWorld(missed.instances), {});
    const policy = { ...all.policy(), agreement: { asksOtherNodes, agreeingNodes: 0 } };
    const gates = await policyGates(of, { ...all, otherNodes, policy: () => policy }, { lastedMillis: 0 });
    return gates.find(({ name }) => name === 'agreement');
  };

  it('A20: are closed where most nodes see the primary, and say who', async () => {
    expect(await agreementGate(seenAs('answers', 'answers'))).toEqual({
      name: 'agreement',
      isOpen: false,
      text: '2 nodes must miss it, and only orc does, and it answers orc2, orc3',
      opensAt: null,
    });
  });

  it('A20: are open where most nodes miss it, and keep who they were', async () => {
    expect(await agreementGate(seenAs('silent', 'answers'))).toMatchObject({ isOpen: true, agreeing: ['orc', 'orc2'] });
  });

  it('A20: ask nobody where the configuration says so, or no death is claimed', async () => {
    const open = { isOpen: true, text: 'no other node is asked' };
    expect(await agreementGate(seenAs('answers', 'answers'), entry, false)).toMatchObject(open);
    expect(await agreementGate(seenAs('answers'), { ...entry, code: 'LockedSemiSyncMaster' })).toBeUndefined();
  });

  it('ask nobody about a death that is only imagined', async () => {
    const gates = await policyGates(entry, ports(new RecoveryWorld(aPrimaryWith(2).instances), {}), {
      lastedMillis: 0,
      isPretended: true,
    });
    expect(gates.map(({ name }) => name)).toEqual(['global-switch', 'cluster-filter', 'minimum-time']);
  });
});
