import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { COMMAND_GROUPS, findCommand, NOT_BUILT } from './command-table.ts';
import { commandListing, topicHelp } from './help-texts.ts';
import { canonicalName, SYNONYMS } from './synonyms.ts';

/** The list of the contract: name, group, and for old names the present one. */
const contract = readFileSync(new URL('../../test/fixtures/spec/cli/commands.tsv', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')
  .slice(1)
  .map((line) => line.split('\t'))
  .map(([name = '', group = '', synonymOf = '']) => ({ name, group, synonymOf }));

/** Ours, beside the contract: groups, and commands in groups of the contract. */
const OWN_GROUPS = ['Preflight', 'Explanation', 'Plans of recoveries', 'Panic stop and errant GTIDs', 'Provisioning'];
const BEYOND = ['topology-history'];
const OWN_COMMANDS = COMMAND_GROUPS.filter(({ heading }) => OWN_GROUPS.includes(heading)).flatMap(({ rows }) => rows);
const COUNT = 127 + BEYOND.length + OWN_COMMANDS.length;

describe('the table of commands', () => {
  it('holds the commands of the contract, in its groups and order, under their present names, and then our own', () => {
    const groups = COMMAND_GROUPS.filter(({ heading }) => !OWN_GROUPS.includes(heading));
    const ours = groups.flatMap(({ heading, rows }) => rows.map(({ name }) => ({ name, group: heading })));
    const theirs = contract
      .filter(({ synonymOf }) => synonymOf === '')
      .map(({ name, group }) => ({ name: canonicalName(name), group }));
    expect(ours.filter(({ name }) => !BEYOND.includes(name))).toEqual(theirs);
    expect([ours.length, groups.length]).toEqual([127 + BEYOND.length, 21]);
    expect(COMMAND_GROUPS.slice(groups.length).map(({ heading }) => heading)).toEqual(OWN_GROUPS);
  });

  it('knows the old names of the contract and no others', () => {
    const theirs = contract.filter(({ synonymOf }) => synonymOf !== '').map(({ name, synonymOf }) => [name, synonymOf]);
    expect([...SYNONYMS].sort()).toEqual(theirs.sort());
    expect(SYNONYMS.size).toBe(26);
    for (const old of SYNONYMS.keys()) expect(findCommand(old)?.name).toBe(canonicalName(old));
  });

  it.each(['match-below', 'multi-match-slaves', 'make-master', 'regroup-slaves-bls'])('does not know %s', (name) => {
    expect(findCommand(name)).toBeUndefined();
  });

  it('can do what this version promises', () => {
    const promised = [
      'discover',
      'forget',
      'topology',
      'relocate',
      'start-slave',
      'graceful-master-takeover-auto',
      'recover-lite',
      'dump-config',
    ];
    expect(promised.filter((name) => NOT_BUILT.includes(canonicalName(name)))).toEqual([]);
    expect(NOT_BUILT).toContain('access-token');
  });
});

describe('the listing', () => {
  const lines = commandListing().split('\n');

  it('has a heading a group, also for the one without a name, and aligned descriptions', () => {
    expect(lines[0]).toBe('Available commands (-c):');
    expect(lines[1]).toBe('Smart relocation:');
    expect(lines[2]).toBe(
      '\trelocate                                Move a replica below another instance by whichever method fits',
    );
    expect(lines.filter((line) => line === ':')).toHaveLength(1);
    expect(lines.filter((line) => line.startsWith('\t')).length).toBe(COUNT + 1);
  });

  it('ends with a pointer to the help of one command and a synopsis', () => {
    expect(lines.at(-4)).toContain('orchestrator help <command>');
    expect(lines.slice(-3, -1)).toEqual(['', 'Usage for most commands:']);
    expect(lines.at(-1)).toMatch(/^\torchestrator -c <command>/);
  });

  it('tells every command in one line of its own', () => {
    const descriptions = COMMAND_GROUPS.flatMap(({ rows }) => rows.map(({ description }) => description));
    expect(descriptions.filter((text) => text === '' || text.includes('\n') || text.endsWith('.'))).toEqual([]);
    expect(new Set(descriptions).size).toBe(COUNT);
  });
});

describe('help of a topic', () => {
  it('shows usage and example under present and old name alike', () => {
    expect(topicHelp('start-slave')).toBe(topicHelp('start-replica').replace(/^start-replica:/, 'start-slave:'));
    expect(topicHelp('begin-downtime')).toContain(
      'orchestrator -c begin-downtime [-i INSTANCE] --reason REASON [--duration DURATION] [--owner OWNER]',
    );
    expect(topicHelp('relocate')).toContain(
      'orchestrator -c relocate -i db-2.example.com:3306 -d db-3.example.com:3306',
    );
  });

  it('has a text for every command and for itself', () => {
    const names = [...COMMAND_GROUPS.flatMap(({ rows }) => rows.map(({ name }) => name)), 'help'];
    for (const name of names) expect(topicHelp(name)).toMatch(new RegExp(`^${name}:\\n  [A-Z]`));
  });

  it('is empty for what nobody knows', () => {
    expect(topicHelp('frobnicate')).toBe('frobnicate:\n\n');
  });
});
