/** The document of every operation: what it does, under which names, what it asks, and an example of its plan. */
import { COMMAND_GROUPS } from '../src/cli/command-table.ts';
import { ROUTES } from '../src/http/v1/routes.ts';
import type { OperationEntry } from './operations-document/entry.ts';
import { ERRANTS } from './operations-document/errant-entries.ts';
import { introduction } from './operations-document/introduction.ts';
import { MOVES } from './operations-document/move-entries.ts';
import { commandNames, type Names, namesOfDoors, routePaths } from './operations-document/names.ts';
import { RESCUE } from './operations-document/numbers.ts';
import { PSEUDO_GTID } from './operations-document/pseudo-gtid-entries.ts';
import { RECORDS } from './operations-document/record-entries.ts';
import { RELOCATIONS } from './operations-document/relocation-entries.ts';
import { REPROVISIONS } from './operations-document/reprovision-entries.ts';
import { RESCUES } from './operations-document/rescue-entries.ts';
import { section, titleOf } from './operations-document/section.ts';
import { SETTINGS } from './operations-document/setting-entries.ts';
import { THREADS } from './operations-document/threads-entries.ts';

const GROUPS: readonly { readonly title: string; readonly entries: readonly OperationEntry[] }[] = [
  { title: 'Threads, delay, accounts', entries: THREADS },
  { title: 'Moving servers by place and by GTID', entries: MOVES },
  { title: 'Errant GTIDs', entries: ERRANTS },
  { title: 'Pseudo-GTID, logs, and regrouping', entries: PSEUDO_GTID },
  { title: 'Moving servers by whichever method fits', entries: RELOCATIONS },
  { title: 'Settings, binary logs, questions', entries: SETTINGS },
  { title: 'Records, and the panic stop', entries: RECORDS },
  { title: 'Provisioning anew', entries: REPROVISIONS },
  { title: 'What a former primary alone has', entries: RESCUES },
];

/** In the order of the contract. */
export const ENTRIES = GROUPS.flatMap(({ entries }) => entries);

export function operationsDocument(): string {
  const names = namesOfDoors();
  checkNumbers(names);
  checkNames();
  const sections = GROUPS.flatMap(({ title, entries }) => [
    `## ${title}\n`,
    ...entries.map((entry) => section(entry, names)),
  ]);
  return [`${introduction(names)}\n`, '## All operations\n', `${contents()}\n`, ...sections].join('\n');
}

/** Every number of the contract once, in order, and every name of a door at one of them. */
function checkNumbers({ routes, commands }: Names): void {
  const numbers = ENTRIES.map(({ number }) => number);
  const expected = Array.from({ length: RESCUE }, (_, index) => index + 1);
  if (numbers.join() !== expected.join()) throw new Error(`operations are not documented in order: ${numbers.join()}`);
  const strange = [...routes.keys(), ...commands.keys()].filter((number) => !numbers.includes(number));
  if (strange.length > 0) throw new Error(`doors have operations without a section: ${strange.join()}`);
}

/** Names that are written down exist. */
function checkNames(): void {
  const known = new Set([
    ...ROUTES.flatMap(routePaths),
    ...COMMAND_GROUPS.flatMap(({ rows }) => rows.flatMap(commandNames)),
  ]);
  const written = ENTRIES.flatMap(({ api = [], commands = [] }) => [...api, ...commands]);
  const unknown = written.filter((name) => !known.has(name));
  if (unknown.length > 0) throw new Error(`no door has ${unknown.join(', ')}`);
}

const contents = (): string =>
  GROUPS.map(({ title, entries }) => `- ${title}: ${entries.map(titleOf).map(link).join(' · ')}`).join('\n');

const link = (title: string): string => `[${title}](#${anchor(title)})`;

/** As GitHub makes them. */
const anchor = (title: string): string =>
  title
    .toLowerCase()
    .replace(/[^\w\- ]/g, '')
    .replaceAll(' ', '-');
