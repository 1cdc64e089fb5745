/**
 * Recorded answers of the contract (test/fixtures/spec/api): request line, status and content type, an empty line, the body.
 */
import { readFileSync } from 'node:fs';

export interface Recorded {
  readonly url: string;
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

const FOLDER = new URL('../../../test/fixtures/spec/api/', import.meta.url);

export function recorded(name: string): Recorded {
  const [request = '', head = '', , ...body] = readFileSync(new URL(`${name}.txt`, FOLDER), 'utf8').split('\n');
  const [, url = ''] = request.split(' ');
  const space = head.indexOf(' ');
  return { url, status: Number(head.slice(0, space)), contentType: head.slice(space + 1), body: body.join('\n') };
}

const TIME = /\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d+)?Z?/g;
const OF_THAT_MOMENT: ReadonlySet<string> = new Set([
  'Uptime',
  'LastDiscoveryLatency',
  'ElapsedDowntime',
  'AppVersion',
]);

/** The JSON with its keys in order, times and measured durations made equal: what two runs of one situation must share. */
export function comparable(json: string): string {
  const withoutMoments = JSON.parse(json, (name, value: unknown) => (OF_THAT_MOMENT.has(name) ? typeof value : value));
  return JSON.stringify(withoutMoments, null, 1).replace(TIME, '<time>');
}

/** Keys in order and JSON types, without values; of an array the first element stands for all, and an empty one says nothing. */
export function shapeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return `[${value.length === 0 ? '' : shapeOf(value[0])}]`;
  if (typeof value !== 'object') return typeof value;
  return `{${Object.entries(value)
    .map(([name, field]) => `${name}:${shapeOf(field)}`)
    .join(',')}}`;
}
