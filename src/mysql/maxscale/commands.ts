/**
 * Commands to statements, MaxScale. A binlog server starts and stops receiving; it applies nothing, takes no writes and is never promoted.
 *
 * It could be told another source, but not safely: it goes on at the same file and position there, which is right only where the other
 * source has the very same binary logs (spec/topology-operations.md 4.6), and no step proves that yet.
 */
import type { ServerCommand } from '../../model/server-command.ts';
import type { CannotRender } from '../dialect.ts';

export function render(command: ServerCommand): readonly string[] | CannotRender {
  switch (command.kind) {
    case 'stop-replication':
      return ['STOP SLAVE'];
    case 'start-replication':
      return ['START SLAVE'];
    case 'end-half-transaction':
      // It has no applier that could wait for the rest.
      return [];
    case 'stop-receiver':
    case 'start-receiver':
    case 'start-applier':
      return cannot('its threads are not started and stopped one by one');
    case 'wait-for-gtid':
      return cannot('it applies nothing');
    case 'set-read-only':
    case 'end-sessions':
    case 'set-semi-sync-source':
      return cannot('it takes no writes');
    case 'forget-source':
      return cannot('it is never promoted');
    case 'follow':
    case 'detach-source':
      return cannot('its source is changed by its operators only');
  }
}

const cannot = (reason: string): CannotRender => ({ cannot: `a binlog server cannot do this: ${reason}` });
