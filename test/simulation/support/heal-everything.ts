// The nemesis has gone: whatever it did comes right by itself, or by somebody who sees to it.

import { HOOKS, healStorage } from '../../../src/sim/faults.ts';
import type { World } from '../../../src/sim/world.ts';
import type { PretendNode } from './pretend-node.ts';

export function healEverything(world: World, node: PretendNode): void {
  world.transcript.say('everything is healed');
  world.network.healAll();
  for (const server of world.servers) {
    healStorage(server);
    server.isCrowded = false;
    server.resume();
    server.start();
    // A person sees to what an applier stopped at.
    if (server.settings !== null && server.running.applier.errorNumber !== 0) server.running.applier.start();
  }
  for (const hook of HOOKS) node.setHook(hook, null);
  node.breakStore(false);
  node.resume();
  node.start();
}
