/**
 * Commands to statements, MaxScale. A binlog server starts and stops receiving; it applies nothing, takes no writes and is never promoted.
 *
 * Its source is changed at the very place where it stands: its binary logs are its source's, byte by byte, and so are those of whoever may take that
 * source's place (spec/topology-operations.md 4.6). Planning proves that.
 */
import type { FollowOptions, ServerCommand } from '../../model/server-command.ts';
import type { CannotRender } from '../dialect.ts';
import { integer, literal } from '../sql-text.ts';

/** What it says to STOP SLAVE when it does not receive (spec/topology-operations.md O1). */
export const ALREADY_STOPPED = 1199;

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
    case 'stop-applier':
    case 'start-until':
      return cannot('its threads are not started and stopped one by one');
    case 'wait-for-gtid':
    case 'wait-for-position':
    case 'set-delay':
    case 'skip-event':
      return cannot('it applies nothing');
    case 'set-read-only':
    case 'end-sessions':
    case 'set-semi-sync-source':
    case 'set-semi-sync-replica':
    case 'inject-empty':
    case 'set-gtid-purged':
    case 'reset-binary-logs':
    case 'inject-pseudo-gtid':
    case 'set-variable':
      return cannot('it takes no writes');
    case 'forget-source':
      return cannot('it is never promoted');
    case 'follow':
      return follow(command.options);
    case 'detach-source':
    case 'change-credentials':
    case 'get-source-public-key':
      return cannot('how it reaches its source is changed by its operators only');
    case 'flush-binary-logs':
    case 'purge-binary-logs':
      return cannot('its binary logs are those of its source');
    case 'kill-query':
      return cannot('it runs no queries');
    case 'install-clone-plugin':
    case 'set-clone-donors':
    case 'set-super-read-only':
    case 'clone':
    case 'rescue':
      return cannot('it has no data');
  }
}

function follow({ source, place }: FollowOptions): readonly string[] | CannotRender {
  if (place.kind === 'gtid') return cannot('it knows no GTIDs');
  const options = [
    `MASTER_HOST = ${literal(source.hostname)}`,
    `MASTER_PORT = ${integer(source.port)}`,
    `MASTER_LOG_FILE = ${literal(place.coordinates.file)}`,
    `MASTER_LOG_POS = ${integer(place.coordinates.pos)}`,
  ];
  return ['STOP SLAVE', `CHANGE MASTER TO ${options.join(', ')}`];
}

const cannot = (reason: string): CannotRender => ({ cannot: `a binlog server cannot do this: ${reason}` });
