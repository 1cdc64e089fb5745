/**
 * What a family's SQL has of its own. Each folder (`mysql/`, `mariadb/`) fills it, with the same file names.
 */
import type { Family } from '../server/server-options.ts';
import type { SqlColumn, SqlValue } from '../sql-session.ts';
import type { SqlError } from './sql-refusal.ts';
import type { Asking } from './statement.ts';
import type { SystemVariable } from './system-variable.ts';

/** A table that the server makes up when it is asked, or the answer of a `SHOW`. */
export interface VirtualTable {
  readonly columns: readonly SqlColumn[];
  rows(on: Asking): readonly (readonly SqlValue[])[];
}

export interface SystemTable extends VirtualTable {
  /** Every account may read it. */
  readonly isPublic: boolean;
}

export interface Show extends VirtualTable {
  /** Behind `SHOW`, upper case. */
  readonly words: readonly string[];
  /** What it takes, as an error names it; null: nothing. */
  readonly privileges: string | null;
}

/** What has other words, or another number. */
export interface FamilyMessages {
  /** As messages call the server. */
  readonly product: 'MySQL' | 'MariaDB';
  accountLocked(user: string, host: string): SqlError;
  duplicate(row: number, table: string): SqlError;
  selectDenied(user: string, host: string, table: string): SqlError;
  unknownColumn(name: string): SqlError;
  malformedGtids(text: string): SqlError;
  /** A session that kills itself. */
  connectionKilled(): SqlError;
  /** `SHOW RELAYLOG EVENTS`, where it calls itself. */
  readonly relayEvents: string;
  /** Of a command for replicas, by the number that `src/sim/server/replica-commands.ts` gives. */
  replicaCommand(number: number): SqlError;
}

export interface FamilyPrivileges {
  readonly replicaAdmin: string;
  readonly sqlLogBin: string;
  readonly reload: string;
  readonly purgeBinlog: string;
  readonly binlogEvents: string;
  readonly relayEvents: string;
  /** For `SET GLOBAL` of a variable. */
  setGlobal(variable: string): string;
}

/** States of sessions that wait, in the process list. */
export interface WaitStates {
  readonly globalReadLock: string;
  readonly tableLock: string;
  readonly acknowledgement: string;
  readonly stopReplica: string;
  readonly gtids: string;
  readonly place: string;
}

/** The function that waits until transactions are executed. */
export interface GtidWait {
  readonly name: string;
  readonly timedOut: number;
}

export interface FamilySql {
  readonly family: Family;
  readonly messages: FamilyMessages;
  readonly privileges: FamilyPrivileges;
  readonly waitStates: WaitStates;
  readonly gtidWait: GtidWait;
  /** The function that waits until an applier is at a place in its source's binary log. */
  readonly placeWait: string;
  /** By lower-case name, in the order in which the server lists them. */
  readonly variables: ReadonlyMap<string, SystemVariable>;
  /** By lower-case `schema.name`. */
  readonly tables: ReadonlyMap<string, SystemTable>;
  readonly statusVariables: VirtualTable;
  readonly shows: readonly Show[];
  /** What `RESET` deletes the binary logs with. */
  readonly resetBinlogWords: readonly (readonly string[])[];
  /** What a replica is called behind `STOP`, `START` and `RESET`. */
  readonly replicaWords: readonly string[];
  readonly changeSource: ChangeSourceWords;
}

export interface ChangeSourceWords {
  /** Those that begin the statement. */
  readonly statement: readonly string[];
  /** Of most options. */
  readonly prefix: string;
  /** Options by their names without the prefix. */
  readonly options: ReadonlySet<string>;
  /** Those that are written otherwise, with the names by which they are kept. */
  readonly unprefixed: ReadonlyMap<string, string>;
}
