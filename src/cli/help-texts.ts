/**
 * What the program says about itself (spec/cli.md 1.8): the banner, the listing of commands, the help of one command.
 */
import { argumentExample, argumentMeaning, argumentUsage } from './arguments.ts';
import type { CommandRow } from './command.ts';
import { COMMAND_GROUPS, findCommand } from './command-table.ts';
import { oldNamesOf } from './synonyms.ts';

const SYNOPSIS =
  'orchestrator [-c command] [-i instance] [-d destination] [--alias cluster] [--verbose|--debug] [... cli] | http';

/** Without command and without words. */
export const BANNER = `
${SYNOPSIS}

Cheatsheet:
    Run as a service with web pages and API, and log everything:

        orchestrator --debug http

    List the commands:

        orchestrator help

    Explain one command, for example relocate:

        orchestrator help relocate
`;

/** For a word that is neither cli nor http nor help. */
export const USAGE_ERROR = `Usage: orchestrator [--options...] [cli|http]
See the commands:
    orchestrator -c help
See a short introduction:
    orchestrator
`;

const NAME_WIDTH = 40;

const LISTING_END = `Run 'orchestrator help <command>' for detailed help on a command

Usage for most commands:
\torchestrator -c <command> [-i <instance>[,<instance>]*] [-d <destination>] [--alias <cluster>] [--verbose|--debug]`;

/** All commands by group, without a final LF. Two more names the program knows, `help` and the synonyms, are not listed. */
export function commandListing(): string {
  const lines = COMMAND_GROUPS.flatMap(({ heading, rows }) => [
    `${heading}:`,
    ...rows.map(({ name, description }) => `\t${name.padEnd(NAME_WIDTH)}${description}`),
  ]);
  return ['Available commands (-c):', ...lines, LISTING_END].join('\n');
}

/** The text of one topic with its heading and final LF. What nobody knows has an empty text (contract). */
export function topicHelp(topic: string): string {
  return `${topic}:\n${topicText(topic)}\n`;
}

function topicText(topic: string): string {
  if (topic === 'help')
    return '  List all commands; with a name, explain that command.\n\n    orchestrator help relocate';
  const row = findCommand(topic);
  return row === undefined ? '' : rowText(row);
}

function rowText(row: CommandRow): string {
  const { name, description, notes } = row;
  const needs: CommandRow['needs'] = row.canDryRun === true ? [...row.needs, 'dry-run?'] : row.needs;
  const oldNames = oldNamesOf(name);
  const paragraphs = [
    `  ${description}.${row.work.kind === 'not-built' ? ' Not available yet.' : ''}`,
    ...(notes === undefined ? [] : [`  ${notes}`]),
    ['  Usage:', `    ${['orchestrator', '-c', name, ...needs.map(argumentUsage)].join(' ')}`].join('\n'),
    ...(needs.length === 0
      ? []
      : [
          needs
            .map(argumentMeaning)
            .map(({ flag, meaning }) => `    ${flag}: ${meaning}`)
            .join('\n'),
        ]),
    ['  Example:', `    ${['orchestrator', '-c', name, ...exampleOf(needs)].join(' ')}`].join('\n'),
    ...(oldNames.length === 0 ? [] : [`  Also known as: ${oldNames.join(', ')}`]),
  ];
  return paragraphs.join('\n\n');
}

/** What is required, and the instance or cluster, which one usually names although it may be left out. */
function exampleOf(needs: CommandRow['needs']): string[] {
  return needs
    .filter((argument) => !argument.endsWith('?') || argument === 'instance?' || argument === 'cluster?')
    .map(argumentExample);
}
