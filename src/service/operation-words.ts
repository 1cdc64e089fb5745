/** Words that plans and reports of operations share when they are told to people. */
import { type InstanceKey, instanceKeyText } from '../model/instance-key.ts';
import {
  type MethodName,
  type OperationPlan,
  plansOf,
  type RejectedMethod,
} from '../planning/operations/operation-plan.ts';
import type { OperationRequest } from '../planning/operations/operation-request.ts';

/** Those of a person's own words: `relocate-replicas 10.0.0.1:3306 below 10.0.0.2:3306`. */
export function requestText(request: OperationRequest): string {
  if (request.kind === 'panic-stop') return `panic-stop ${request.clusterName} (${request.which} replicas)`;
  const { kind, key, ...rest } = request;
  const details = Object.entries(rest).map(([name, value]) => detailText(name, value));
  return [kind, instanceKeyText(key), ...details.filter((text) => text !== '')].join(' ');
}

function detailText(name: string, value: InstanceKey | string | number | boolean | null): string {
  if (value === null || value === '') return '';
  if (typeof value === 'object') return `${name} ${instanceKeyText(value)}`;
  return `${name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)} ${value}`;
}

const METHODS: Readonly<Record<Exclude<MethodName, 'none'>, string>> = {
  gtid: 'by GTID',
  'file-position': 'by file and position',
  'same-coordinates': 'at the same coordinates',
  'equivalent-coordinates': 'by equivalent coordinates',
  'pseudo-gtid': 'by pseudo-GTID',
  clone: 'by the CLONE plugin',
  hooks: 'by ReprovisionProcesses',
};

export const methodName = (method: MethodName): string =>
  method === 'none' ? 'without moving anything' : METHODS[method];

export const methodText = ({ method, because }: OperationPlan): string =>
  [method === 'none' ? '' : methodName(method), because].filter((text) => text !== '').join(', since ') ||
  methodName(method);

/** A method that does not fit, and why. */
export const rejectedText = ({ method, reason }: RejectedMethod): string => `${methodName(method)}: ${reason}`;

/** `host:port: why` of servers that are not touched. */
export const leftOutTexts = (plan: OperationPlan): readonly string[] =>
  plansOf(plan)
    .flatMap(({ leftOut }) => leftOut)
    .map(({ key, reason }) => `${instanceKeyText(key)}: ${reason}`);

/** A title and its lines; nothing where there are none. */
export function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', `${title}:`, ...lines.map((line) => `  ${line}`)];
}

export const keysText = (keys: readonly InstanceKey[]): string => keys.map(instanceKeyText).join(', ');

const SECOND_MILLIS = 1_000;
const HOUR_MILLIS = 3_600_000;

export function durationText(millis: number): string {
  if (millis < SECOND_MILLIS) return `${Math.round(millis)} ms`;
  if (millis < HOUR_MILLIS) return `${Math.round(millis / 100) / 10} s`;
  return `${Math.round((10 * millis) / HOUR_MILLIS) / 10} h`;
}
