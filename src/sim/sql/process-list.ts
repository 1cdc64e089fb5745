/**
 * Everybody who has a connection or thread number on a server: sessions, dumps to replicas, receiver and applier.
 */

import type { SqlColumn, SqlValue } from '../sql-session.ts';
import type { FamilySql, VirtualTable } from './family-sql.ts';
import { type Asking, integerColumn, textColumn } from './statement.ts';

export interface ProcessEntry {
  readonly id: number;
  readonly user: string;
  readonly host: string;
  readonly schema: string | null;
  readonly command: string;
  readonly seconds: number;
  readonly state: string;
  readonly info: string | null;
}

/** What threads of the server are called in its process list. */
export interface ThreadWords {
  readonly dumpCommand: string;
  /** Of a replica that goes by file and position. */
  readonly plainDumpCommand: string;
  readonly dumpState: string;
  readonly receiverCommand: string;
  readonly applierCommand: string;
  /** What a session does that is being answered. */
  readonly queryState: string;
  receiverState(on: Asking): string;
  applierState(on: Asking): string;
}

const SYSTEM_USER = 'system user';

/** Of those whom the session may see: without a privilege, its own user's. By number. */
export function processEntries(on: Asking, words: ThreadWords): readonly ProcessEntry[] {
  const { session } = on;
  const all = [
    ...sessionEntries(on, words),
    ...clientEntries(on, words),
    ...dumpEntries(on, words),
    ...threadEntries(on, words),
  ];
  const seen = session.privilege === 'privileged' ? all : all.filter(({ user }) => user === session.user);
  return seen.toSorted((one, other) => one.id - other.id);
}

function sessionEntries({ sessions, server }: Asking, { queryState }: ThreadWords): readonly ProcessEntry[] {
  const { now } = server.running.process;
  return [...sessions.values()].map(({ state, command, doing, text, since }) => ({
    id: state.id,
    user: state.user,
    host: `${state.clientHost}:${state.clientPort}`,
    schema: state.schema,
    command,
    seconds: Math.floor((now - since) / 1000),
    state: command !== 'Sleep' && doing === '' ? queryState : doing,
    info: text,
  }));
}

function clientEntries({ server }: Asking, { queryState }: ThreadWords): readonly ProcessEntry[] {
  return [...server.running.clients.values()].map(({ id, user, host, isBusy, isKilled }) => ({
    ...SYSTEM_ENTRY,
    id,
    user,
    host: `${host}:${CLIENT_PORTS + id}`,
    command: isKilled ? 'Killed' : isBusy ? 'Query' : 'Sleep',
    state: isBusy ? queryState : '',
  }));
}

function dumpEntries(
  { server }: Asking,
  { dumpCommand, plainDumpCommand, dumpState }: ThreadWords,
): readonly ProcessEntry[] {
  return server.dumping.map(({ id, user, host, usesGtid }) => ({
    ...SYSTEM_ENTRY,
    id,
    user,
    host: `${host}:${CLIENT_PORTS + id}`,
    command: usesGtid ? dumpCommand : plainDumpCommand,
    state: dumpState,
  }));
}

/** Connections of replicas and of clients without SQL come from somewhere; nobody looks whether it is true. */
const CLIENT_PORTS = 40_000;

const SYSTEM_ENTRY = { user: SYSTEM_USER, host: '', schema: null, seconds: 0, info: null } as const;

function threadEntries(on: Asking, words: ThreadWords): readonly ProcessEntry[] {
  const { receiver, applier } = on.server.running;
  const entries: ProcessEntry[] = [];
  if (receiver.threadId !== null) {
    const state = words.receiverState(on);
    entries.push({ ...SYSTEM_ENTRY, id: receiver.threadId, command: words.receiverCommand, state });
  }
  if (applier.threadId !== null) {
    const state = words.applierState(on);
    entries.push({ ...SYSTEM_ENTRY, id: applier.threadId, command: words.applierCommand, state });
  }
  return entries;
}

const valuesOf = ({ id, user, host, schema, command, seconds, state, info }: ProcessEntry): readonly SqlValue[] => [
  id,
  user,
  host,
  schema,
  command,
  seconds,
  state,
  info,
];

const columnsOf = (names: readonly string[]): readonly SqlColumn[] =>
  names.map((name) => (['ID', 'TIME'].includes(name.toUpperCase()) ? integerColumn(name) : textColumn(name)));

/** `information_schema.processlist`. */
export const processTable = (words: ThreadWords): VirtualTable => ({
  columns: columnsOf(['ID', 'USER', 'HOST', 'DB', 'COMMAND', 'TIME', 'STATE', 'INFO']),
  rows: (on) => processEntries(on, words).map(valuesOf),
});

/** `SHOW PROCESSLIST`; `more`: a column that a family has besides. */
export function processShows(words: ThreadWords, more: readonly SqlColumn[]): FamilySql['shows'] {
  const columns = [...columnsOf(['Id', 'User', 'Host', 'db', 'Command', 'Time', 'State', 'Info']), ...more];
  const rows: VirtualTable['rows'] = (on) =>
    processEntries(on, words).map((entry) => [...valuesOf(entry), ...more.map(() => 0)]);
  return [['PROCESSLIST'], ['FULL', 'PROCESSLIST']].map((show) => ({ words: show, privileges: null, columns, rows }));
}
