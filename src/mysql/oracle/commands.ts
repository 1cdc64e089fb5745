/**
 * Commands to statements, MySQL from 5.6 on (manuals: "SQL Statements for Controlling Replica Servers", 13.4.2 in 5.7, 15.4.2 in 8.4).
 */
import type { ServerCommand } from '../../model/server-command.ts';
import { END_CLIENT_SESSIONS } from '../client-sessions.ts';
import { type CannotRender, type ReadThenSend, TOLD_NOTHING, type ToldReplica } from '../dialect.ts';
import { setSemiSyncSource } from '../semi-sync-source.ts';
import { integer, literal, setGlobalVariable } from '../sql-text.ts';
import { changeSource, followOptions, heartbeatOptions, hostOption } from './change-source.ts';
import { forChannel } from './channel-clause.ts';
import { renderOperation } from './operation-commands.ts';
import { type Ability, hasAbility } from './releases.ts';
import { endApplierSql } from './statements.ts';
import type { OracleWords } from './words.ts';

export function renderIn(
  words: OracleWords,
): (command: ServerCommand, replica?: ToldReplica) => readonly string[] | ReadThenSend | CannotRender {
  return (command, replica = TOLD_NOTHING) => render(words, command, replica);
}

function render(
  words: OracleWords,
  command: ServerCommand,
  told: ToldReplica,
): readonly string[] | ReadThenSend | CannotRender {
  const { channel, receiverOptions } = told;
  const { replica } = words;
  const of = forChannel(channel);
  const change = (options: readonly string[]): string => changeSource(words, options, channel);
  const has = (ability: Ability): boolean => hasAbility(words.release, ability);
  switch (command.kind) {
    case 'stop-receiver':
      return [`STOP ${replica} IO_THREAD${of}`];
    case 'start-receiver':
      return [`START ${replica} IO_THREAD${of}`];
    case 'start-applier':
      return [`START ${replica} SQL_THREAD${of}`];
    case 'stop-applier':
      return [`STOP ${replica} SQL_THREAD${of}`];
    case 'stop-replication':
      return [command.everyChannel === true ? `STOP ${replica}` : `STOP ${replica}${of}`];
    case 'start-replication':
      return [`START ${replica}${of}`];
    case 'end-half-transaction':
      // Who cannot tell that the relay log ends with half a transaction must not kill the applier of a whole one.
      return has('partialTransaction') ? endApplierSql(channel) : [];
    case 'forget-source':
      return [`STOP ${replica}${of}`, `RESET ${replica} ALL${of}`];
    case 'follow': {
      // A running applier is left running where that is allowed (manual 15.4.2.2): nothing is dropped, and where the relay log ends with half
      // a transaction, STOP would wait a minute for the rest, which comes with the new source (D15).
      const { applierRuns, place } = command.options;
      const mayGoOn = applierRuns && place.kind === 'gtid' && !place.stateMethod && has('changeWhileApplying');
      return [
        mayGoOn ? `STOP ${replica} IO_THREAD${of}` : `STOP ${replica}${of}`,
        change(followOptions(words, command.options)),
      ];
    }
    case 'detach-source':
      // Changing the receiver's options alone keeps the relay log while the applier runs (manual 15.4.2.2). 5.6 refuses it then.
      return [
        has('changeWhileApplying') ? `STOP ${replica} IO_THREAD${of}` : `STOP ${replica}${of}`,
        change([hostOption(words, detached(command.source.hostname)), ...heartbeatOptions(words, receiverOptions)]),
      ];
    case 'set-read-only':
      return [readOnlyStatement(command.readOnly, command.superReadOnly, has('superReadOnly'))];
    case 'end-sessions':
      return END_CLIENT_SESSIONS;
    case 'set-semi-sync-source':
      return setSemiSyncSource(command.enabled);
    case 'set-variable':
      return [setGlobalVariable(command.name, command.value)];
    case 'wait-for-gtid':
      return [waitStatement(command.gtid, command.timeoutSeconds, has('waitForExecutedSet'))];
    default:
      return renderOperation(words, command, told);
  }
}

function readOnlyStatement(readOnly: boolean, superReadOnly: boolean, hasSuperReadOnly: boolean): string {
  if (!hasSuperReadOnly) return `SET GLOBAL read_only = ${readOnly ? 1 : 0}`;
  // super_read_only implies read_only; clearing read_only clears both (manual 7.1.8). Ordered so that no state in between is writable by surprise.
  if (readOnly) return superReadOnly ? 'SET GLOBAL super_read_only = 1' : 'SET GLOBAL read_only = 1';
  return 'SET GLOBAL super_read_only = 0, GLOBAL read_only = 0';
}

/** Answers 0 when the set is applied, 1 when it is not. */
function waitStatement(gtid: string, timeoutSeconds: number, hasWaitForExecutedSet: boolean): string {
  const values = `${literal(gtid)}, ${integer(timeoutSeconds)}`;
  if (hasWaitForExecutedSet) return `SELECT WAIT_FOR_EXECUTED_GTID_SET(${values}) AS waited`;
  // The older function counts events, and answers -1 after the time and NULL where no applier runs.
  return `SELECT IF(WAIT_UNTIL_SQL_THREAD_AFTER_GTIDS(${values}) >= 0, 0, 1) AS waited`;
}

const detached = (hostname: string): string => (hostname.startsWith('//') ? hostname : `//${hostname}`);
