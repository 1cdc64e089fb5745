/**
 * Commands of operations to statements, MySQL from 5.6 on (spec/topology-operations.md 3.4 to 3.10); what recoveries send is in `commands.ts`.
 */
import type { ServerCommand } from '../../model/server-command.ts';
import type { CannotRender, ReadThenSend, ToldReplica } from '../dialect.ts';
import { pseudoGtidStatement } from '../pseudo-gtid-statement.ts';
import { setSemiSyncReplica } from '../semi-sync-replica.ts';
import { integer, literal } from '../sql-text.ts';
import {
  accountOptions,
  changeSource,
  delayOption,
  heartbeatOptions,
  positionOptions,
  securityOptions,
} from './change-source.ts';
import { forChannel } from './channel-clause.ts';
import { NO_CLONE, renderClone } from './clone.ts';
import { injectEmpty } from './inject-empty.ts';
import { type Ability, hasAbility } from './releases.ts';
import { rescueIn } from './rescue.ts';
import type { OracleWords } from './words.ts';

/** Those that no recovery sends. */
export type OperationCommand = Extract<
  ServerCommand,
  {
    readonly kind:
      | 'start-until'
      | 'set-semi-sync-replica'
      | 'wait-for-position'
      | 'set-delay'
      | 'skip-event'
      | 'inject-empty'
      | 'reset-binary-logs'
      | 'set-gtid-purged'
      | 'flush-binary-logs'
      | 'purge-binary-logs'
      | 'kill-query'
      | 'change-credentials'
      | 'get-source-public-key'
      | 'inject-pseudo-gtid'
      | 'install-clone-plugin'
      | 'set-clone-donors'
      | 'set-super-read-only'
      | 'clone'
      | 'rescue';
  }
>;

const NO_CHANNELS: CannotRender = { cannot: 'it has no channels (from MySQL 5.7.6 on)' };

export function renderOperation(
  words: OracleWords,
  command: OperationCommand,
  { channel, receiverOptions }: ToldReplica,
): readonly string[] | ReadThenSend | CannotRender {
  const { replica } = words;
  const has = (ability: Ability): boolean => hasAbility(words.release, ability);
  const of = forChannel(channel);
  const change = (options: readonly string[]): string => changeSource(words, options, channel);
  // Any change of what the receiver is told forgets the period, and says so nowhere: silence of the source is judged by it.
  const heartbeat = heartbeatOptions(words, receiverOptions);
  switch (command.kind) {
    case 'start-until':
      return [`START ${replica} UNTIL ${positionOptions(words, command.coordinates).join(', ')}${of}`];
    case 'set-semi-sync-replica':
      return setSemiSyncReplica(
        command.enabled,
        command.restartReceiver ? [`STOP ${replica} IO_THREAD${of}`, `START ${replica} IO_THREAD${of}`] : [],
      );
    case 'wait-for-position': {
      const { coordinates, timeoutSeconds } = command;
      const values = [literal(coordinates.file), integer(coordinates.pos), integer(timeoutSeconds)];
      if (channel !== '') values.push(literal(channel));
      return [`SELECT ${has('sourcePositionWait') ? 'SOURCE' : 'MASTER'}_POS_WAIT(${values.join(', ')}) AS waited`];
    }
    case 'set-delay':
      return [change([delayOption(words, command.delaySeconds)])];
    case 'skip-event':
      return [`SET GLOBAL sql_${has('sourcePositionWait') ? 'replica' : 'slave'}_skip_counter = 1`];
    case 'inject-empty':
      return injectEmpty(command.gtids);
    case 'reset-binary-logs':
      return [has('binaryLogStatus') ? 'RESET BINARY LOGS AND GTIDS' : 'RESET MASTER'];
    case 'set-gtid-purged':
      return [`SET GLOBAL gtid_purged = ${literal(command.gtid)}`];
    case 'flush-binary-logs':
      return ['FLUSH BINARY LOGS'];
    case 'purge-binary-logs':
      return [`PURGE BINARY LOGS TO ${literal(command.file)}`];
    case 'kill-query':
      return [`KILL QUERY ${integer(command.processId)}`];
    case 'change-credentials': {
      const { credentials, allowTls, tls } = command.options;
      return [change([...accountOptions(words, credentials), ...heartbeat, ...securityOptions(words, allowTls, tls)])];
    }
    case 'get-source-public-key':
      return has('publicKey') ? [change([...heartbeat, `GET_${words.source}_PUBLIC_KEY = 1`])] : [];
    case 'inject-pseudo-gtid':
      return [pseudoGtidStatement(command.marker)];
    case 'rescue':
      return rescueIn(words).rescue?.(command.options).begin ?? NO_CHANNELS;
    case 'install-clone-plugin':
    case 'set-clone-donors':
    case 'set-super-read-only':
    case 'clone':
      return has('clone') ? renderClone(command) : NO_CLONE;
  }
}
