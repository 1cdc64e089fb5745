/** The section of one operation. */
import { instanceKeyText } from '../../src/model/instance-key.ts';
import type { OperationRequest } from '../../src/planning/operations/operation-request.ts';
import type { OperationEntry, PlannedExample } from './entry.ts';
import type { Names } from './names.ts';
import { PANIC_STOP } from './numbers.ts';
import { auditTypes, planIn, plannedLines, refusalIn, requestJson } from './planned-text.ts';

export const titleOf = ({ number, title }: OperationEntry): string =>
  number >= PANIC_STOP ? title : `O${number} ${title}`;

export function section(entry: OperationEntry, names: Names): string {
  const parts = [
    `### ${titleOf(entry)}`,
    ...entry.text,
    ...factsTable(entry, names),
    ...refusalTable(entry),
    ...(entry.examples ?? []).map((example) => plannedExample(example, names)),
    ...(entry.printed ?? []).map(({ command, prints }) => block([`$ ${command}`, ...prints])),
  ];
  return `${parts.join('\n\n')}\n`;
}

function factsTable(entry: OperationEntry, names: Names): readonly string[] {
  const { number, client = [], examples = [] } = entry;
  const routes = [...(names.routes.get(number) ?? []), ...(entry.api ?? [])];
  const commands = [...(names.commands.get(number) ?? []), ...(entry.commands ?? [])];
  const requests = [...new Set(examples.map(({ request }) => requestJson(request)))];
  const audits = [
    ...new Set([
      ...examples.flatMap(({ world, request }) => auditTypes(planIn(world, request))),
      ...(entry.audits ?? []),
    ]),
  ];
  const rows = [
    ['API v1', routes.map(code)],
    ['API v2', requests.map(code)],
    ['command', commands.map(code)],
    ['shell client', client.map(code)],
    ['audit', audits.map(code)],
  ] as const;
  const shown = rows.filter(([, values]) => values.length > 0).map(([name, values]) => [name, values.join(', ')]);
  return shown.length === 0 ? [] : [table(['', ''], shown)];
}

function refusalTable({ refusals = [], codes = {} }: OperationEntry): readonly string[] {
  const rows = [
    ...refusals.map(([request, world]) => {
      const { code: reason, text } = refusalIn(world, request);
      return [code(reason), cell(text)];
    }),
    ...Object.entries(codes).map(([reason, text]) => [code(reason), cell(text)]),
  ];
  return rows.length === 0 ? [] : [table(['refused', 'such as'], rows)];
}

function plannedExample({ title = '', request, world }: PlannedExample, names: Names): string {
  const lines = block([`$ ${dryRunOf(request, names)}`, ...plannedLines(world, request)]);
  return title === '' ? lines : `${title}\n\n${lines}`;
}

/** By the command where there is one, else by API v2. */
export function dryRunOf(request: OperationRequest, names: Names): string {
  const name = names.commandOf(request);
  if (name === null) {
    return `curl -d '${requestJson(request)}' -H 'Content-Type: application/json' 'http://localhost:3000/api/v2/operations?dry-run=true&format=text'`;
  }
  const words = [
    `orchestrator -c ${name}`,
    'key' in request ? `-i ${instanceKeyText(request.key)}` : '',
    'clusterName' in request ? `--alias ${request.clusterName}` : '',
    'below' in request && request.below !== null ? `-d ${instanceKeyText(request.below)}` : '',
    'pattern' in request && request.pattern !== '' ? `--pattern ${request.pattern}` : '',
    'file' in request ? `--binlog ${request.file}` : '',
    'donor' in request && request.donor !== null ? `-d ${instanceKeyText(request.donor)}` : '',
    'discardErrant' in request && request.discardErrant ? '--discard-errant' : '',
    '--dry-run',
  ];
  return words.filter((word) => word !== '').join(' ');
}

export const block = (lines: readonly string[]): string => ['```', ...lines, '```'].join('\n');

export const code = (text: string): string => `\`${text}\``;

/** What would end a cell, or begin something that is no text. */
export const cell = (text: string): string =>
  text.replaceAll('|', '\\|').replaceAll('\n', ' ').replaceAll('<', '&lt;').replaceAll('_', '\\_').trim();

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
