/**
 * A cluster drawn with characters, byte by byte as spec/cli.md 3.2-3.4 and spec/http-api.md 4.6 say. No final newline: that is
 * the API's form; the command line adds one, also for no instances at all.
 */
import type { UnixMillis } from './brand.ts';
import type { Downtime } from './decisions.ts';
import type { Instance } from './instance.ts';
import { instanceKeyText, type KeyId, keyId } from './instance-key.ts';
import {
  isGroupSecondary,
  isLastCheckValid,
  isRecentlyChecked,
  isReplicaRunning,
  type StatusSettings,
} from './instance-status.ts';
import {
  bracketedDescription,
  type DescriptionTokens,
  descriptionTokens,
  tabulatedDescription,
} from './instance-status-text.ts';
import { type TextTreeRow, textTreeRows } from './text-tree.ts';

/** What the drawing shows besides the instances themselves. */
export interface TopologyTextContext {
  readonly now: UnixMillis;
  readonly settings: StatusSettings;
  readonly downtimes: ReadonlyMap<KeyId, Downtime>;
}

/** One tag as drawn; a value of '' shows the name alone. */
export interface TextTag {
  readonly name: string;
  readonly value: string;
}

const BRACKET = '[';
const COLUMN_SEPARATOR = '|';
/** The lag column, counted from 0, is set flush right. */
const LAG_COLUMN = 1;

/** The tree with a bracketed description a line; all first brackets aligned. */
export function topologyText(instances: readonly Instance[], context: TopologyTextContext): string {
  const lines = textTreeRows(instances).map((row) => plainLine(row, context));
  return alignedAtBracket(lines).join('\n');
}

/** Like `topologyText`, each line followed by the server's tags by name, `[]` when it has none. */
export function topologyTagsText(
  instances: readonly Instance[],
  context: TopologyTextContext,
  tags: ReadonlyMap<KeyId, readonly TextTag[]>,
): string {
  const lines = textTreeRows(instances).map(
    (row) => `${plainLine(row, context)} ${tagsText(tags.get(keyId(row.instance.key)) ?? [])}`,
  );
  return alignedAtBracket(lines).join('\n');
}

/** The tree and the six description columns between bars. */
export function topologyTabulatedText(instances: readonly Instance[], context: TopologyTextContext): string {
  const lines = textTreeRows(instances).map(
    (row) => `${lineHead(row, context)}${COLUMN_SEPARATOR}${tabulatedDescription(tokensOf(row.instance, context))}`,
  );
  return tabulated(lines).join('\n');
}

const plainLine = (row: TextTreeRow, context: TopologyTextContext): string =>
  `${lineHead(row, context)} ${bracketedDescription(tokensOf(row.instance, context))}`;

/** Indentation, mark, key and alias. */
function lineHead({ instance, depth }: TextTreeRow, context: TopologyTextContext): string {
  const indent = depth === 0 ? '' : `${'  '.repeat(depth - 1)}${mark(instance, context)} `;
  const alias = instance.instanceAlias === '' ? '' : ` (${instance.instanceAlias})`;
  return `${indent}${instanceKeyText(instance.key)}${alias}`;
}

function mark(instance: Instance, { now, settings }: TopologyTextContext): string {
  if (isGroupSecondary(instance)) return '‡';
  const runs = isReplicaRunning(instance) && isLastCheckValid(instance) && isRecentlyChecked(instance, now, settings);
  return runs ? '+' : '-';
}

const tokensOf = (instance: Instance, { now, settings, downtimes }: TopologyTextContext): DescriptionTokens =>
  descriptionTokens(instance, now, settings, downtimes.get(keyId(instance.key)));

function tagsText(tags: readonly TextTag[]): string {
  const byName = [...tags].sort((one, other) => (one.name < other.name ? -1 : Number(one.name > other.name)));
  return `[${byName.map(({ name, value }) => (value === '' ? name : `${name}=${value}`)).join(',')}]`;
}

/** Counts bytes, not characters: lines of group secondaries look two columns short, and scripts expect them so (contract). */
function alignedAtBracket(lines: readonly string[]): string[] {
  const heads = lines.map((line) => line.slice(0, line.indexOf(BRACKET)));
  const width = Math.max(...heads.map(byteLength));
  return lines.map((line, index) => {
    const head = heads[index] ?? '';
    return `${head}${' '.repeat(width - byteLength(head))}${line.slice(head.length)}`;
  });
}

/** Column widths in bytes, padding counted in characters (contract): `‡` may widen the first column but not shift the others. */
function tabulated(lines: readonly string[]): string[] {
  const rows = lines.map((line) => line.split(COLUMN_SEPARATOR));
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, byteLength(cell));
    });
  }
  return rows.map((row) => row.map((cell, column) => padded(cell, widths[column] ?? 0, column)).join(COLUMN_SEPARATOR));
}

function padded(cell: string, width: number, column: number): string {
  const blanks = ' '.repeat(Math.max(0, width - [...cell].length));
  return column === LAG_COLUMN ? blanks + cell : cell + blanks;
}

const utf8 = new TextEncoder();
const byteLength = (text: string): number => utf8.encode(text).length;
