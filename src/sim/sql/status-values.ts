/** Status variables that both families have, in words of neither. */
import type { Asking } from './statement.ts';

const onOff = (is: boolean): 'ON' | 'OFF' => (is ? 'ON' : 'OFF');

export function semiSyncStatus({ server }: Asking) {
  const { semiSync, receiver } = server.running;
  return {
    clients: String(semiSync.clients),
    isOn: onOff(semiSync.isOn),
    waiting: String(semiSync.waitingCount),
    acknowledges: onOff(receiver.acknowledges),
  } as const;
}

export function uptimeSeconds({ server }: Asking): string {
  const { process, startedAt } = server.running;
  return String(Math.floor((process.now - startedAt) / 1000));
}
