// The program of a process that has a share of a pretended fleet. Started by `remote-share.ts`, and ends with the one that started it.

import type { ControlledServer } from './fleet-order.ts';
import { type FleetShare, startShare } from './fleet-share.ts';
import type { FromShare, ToShare } from './share-messages.ts';

let share: FleetShare | null = null;

async function hear(message: ToShare): Promise<void> {
  switch (message.kind) {
    case 'start':
      try {
        share = await startShare(message.options);
        tell({ kind: 'started' });
      } catch (error) {
        tell({ kind: 'failed', reason: error instanceof Error ? error.message : String(error) });
      }
      break;
    case 'order':
      tell({ kind: 'ordered', id: message.id, refused: (await share?.order(message.order)) ?? null });
      break;
    case 'servers':
      tell({ kind: 'described', id: message.id, servers: await described(message.cluster) });
  }
}

async function described(cluster: number | null): Promise<readonly ControlledServer[]> {
  if (share === null) return [];
  return cluster === null ? share.servers() : share.serversOf(cluster);
}

function tell(message: FromShare): void {
  process.send?.(message);
}

process.on('message', (message: ToShare) => void hear(message));
// The other side has ended, however: also by kill -9, which tells nobody.
process.on('disconnect', () => process.exit());
