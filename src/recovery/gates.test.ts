import { describe, expect, it } from 'vitest';
import { aPrimaryWith, applierStopped, down } from '../analysis/testing.ts';
import { seconds } from '../model/brand.ts';
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
});
