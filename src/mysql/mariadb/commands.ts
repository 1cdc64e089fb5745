/**
 * Commands to statements, MariaDB (knowledge base: CHANGE MASTER TO, Global Transaction ID).
 */
import type { FollowOptions, ServerCommand } from '../../model/server-command.ts';
import { END_CLIENT_SESSIONS } from '../client-sessions.ts';
import { type CannotRender, type ReadThenSend, TOLD_NOTHING, type ToldReplica } from '../dialect.ts';
import { pseudoGtidStatement } from '../pseudo-gtid-statement.ts';
import { setSemiSyncReplica } from '../semi-sync-replica.ts';
import { setSemiSyncSource } from '../semi-sync-source.ts';
import { integer, literal, setGlobalVariable } from '../sql-text.ts';
import {
  accountOptions,
  changeMaster,
  followOptions,
  heartbeatOptions,
  hostOption,
  named,
  positionOptions,
  tlsOptions,
} from './change-master.ts';

export function render(
  command: ServerCommand,
  { channel, receiverOptions }: ToldReplica = TOLD_NOTHING,
): readonly string[] | ReadThenSend | CannotRender {
  const slave = `SLAVE${named(channel)}`;
  switch (command.kind) {
    case 'stop-receiver':
      return [`STOP ${slave} IO_THREAD`];
    case 'start-receiver':
      return [`START ${slave} IO_THREAD`];
    case 'start-applier':
      return [`START ${slave} SQL_THREAD`];
    case 'stop-applier':
      return [`STOP ${slave} SQL_THREAD`];
    case 'start-until':
      return [`START ${slave} UNTIL ${positionOptions(command.coordinates).join(', ')}`];
    case 'stop-replication':
      return [command.everyChannel === true ? 'STOP ALL SLAVES' : `STOP ${slave}`];
    case 'start-replication':
      return [`START ${slave}`];
    case 'end-half-transaction':
      // Its STOP SLAVE does not wait for the rest (seen on 10.11).
      return [];
    case 'forget-source':
      return [`STOP ${slave}`, `RESET ${slave} ALL`];
    case 'follow':
      return losesDomains(command.options)
        ? FILTERS_DOMAINS
        : [`STOP ${slave}`, changeMaster(followOptions(command.options), channel)];
    case 'detach-source':
      return [
        `STOP ${slave}`,
        changeMaster([hostOption(detached(command.source.hostname)), ...heartbeatOptions(receiverOptions)], channel),
      ];
    case 'set-read-only':
      // MariaDB has no super_read_only. 1 means ON also where read_only knows more values (12.0 and later).
      return [`SET GLOBAL read_only = ${command.readOnly ? 1 : 0}`];
    case 'end-sessions':
      return END_CLIENT_SESSIONS;
    case 'set-semi-sync-source':
      return setSemiSyncSource(command.enabled);
    case 'set-semi-sync-replica':
      return setSemiSyncReplica(
        command.enabled,
        command.restartReceiver ? [`STOP ${slave} IO_THREAD`, `START ${slave} IO_THREAD`] : [],
      );
    case 'set-variable':
      return [setGlobalVariable(command.name, command.value)];
    case 'wait-for-gtid':
      return [`SELECT MASTER_GTID_WAIT(${literal(command.gtid)}, ${integer(command.timeoutSeconds)}) AS waited`];
    case 'wait-for-position': {
      const { coordinates, timeoutSeconds } = command;
      const values = [literal(coordinates.file), integer(coordinates.pos), integer(timeoutSeconds)];
      if (channel !== '') values.push(literal(channel));
      return [`SELECT MASTER_POS_WAIT(${values.join(', ')}) AS waited`];
    }
    case 'set-delay':
      return [
        changeMaster(
          [`MASTER_DELAY = ${integer(command.delaySeconds)}`, ...heartbeatOptions(receiverOptions)],
          channel,
        ),
      ];
    case 'skip-event':
      return skipEvent(channel);
    case 'inject-empty':
    case 'set-gtid-purged':
      return { cannot: `MariaDB has positions, not sets: nothing can be counted as executed there` };
    case 'reset-binary-logs':
      return ['RESET MASTER'];
    case 'flush-binary-logs':
      return ['FLUSH BINARY LOGS'];
    case 'purge-binary-logs':
      return [`PURGE BINARY LOGS TO ${literal(command.file)}`];
    case 'kill-query':
      return [`KILL QUERY ${integer(command.processId)}`];
    case 'change-credentials': {
      const { credentials, allowTls, tls } = command.options;
      return [
        changeMaster(
          [...accountOptions(credentials), ...heartbeatOptions(receiverOptions), ...tlsOptions(allowTls, tls)],
          channel,
        ),
      ];
    }
    case 'get-source-public-key':
      // Its accounts need no key of the source.
      return [];
    case 'inject-pseudo-gtid':
      return [pseudoGtidStatement(command.marker)];
    case 'set-super-read-only':
      return [];
    case 'rescue':
      return { cannot: 'MariaDB cannot stop at a set of GTIDs, and its numbers would go backwards' };
    case 'install-clone-plugin':
    case 'set-clone-donors':
    case 'clone':
      return { cannot: 'MariaDB has no CLONE plugin' };
  }
}

/**
 * It refuses to filter domains without GTID, with 1201, and only after it has changed the source that it shows (seen on 10.11 and 11.8): half of the change
 * would be done. Leaving the filter out would replicate what is not wanted.
 */
const losesDomains = ({ place, receiver }: FollowOptions): boolean =>
  place.kind === 'position' && receiver.filtersDomains;

const FILTERS_DOMAINS: CannotRender = {
  cannot: 'it filters by GTID domain (DO_DOMAIN_IDS or IGNORE_DOMAIN_IDS), which MariaDB does with GTID alone',
};

/** The counter is of the connection that the session names. One that ends with an error must not be used again: it would speak to another connection. */
const skipEvent = (channel: string): readonly string[] => {
  const skip = 'SET GLOBAL sql_slave_skip_counter = 1';
  if (channel === '') return [skip];
  const speakTo = (name: string) => `SET SESSION default_master_connection = ${literal(name)}`;
  return [speakTo(channel), skip, speakTo('')];
};

const detached = (hostname: string): string => (hostname.startsWith('//') ? hostname : `//${hostname}`);
