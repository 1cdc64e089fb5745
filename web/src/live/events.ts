/**
 * What the node tells as it happens (`GET api/v2/events`), and which answers of the API are no longer fresh because of it.
 */
import { flagOf, keyOf, numberOf, objectOf, textOf } from '../api/json.ts';
import type { ServerKey } from '../model/server.ts';

export type LiveEvent =
  | { readonly kind: 'cluster-changed'; readonly at: number; readonly clusterName: string }
  | { readonly kind: 'instance-forgotten'; readonly at: number; readonly key: ServerKey }
  | {
      readonly kind: 'analysis-changed';
      readonly at: number;
      readonly clusterName: string;
      readonly key: ServerKey;
      readonly code: string;
      readonly description: string;
    }
  | { readonly kind: 'wire-broken'; readonly at: number; readonly key: ServerKey; readonly reason: string }
  | {
      readonly kind: 'recovery-started';
      readonly at: number;
      readonly clusterName: string;
      readonly uid: string;
      readonly key: ServerKey;
      readonly code: string;
    }
  | {
      readonly kind: 'recovery-step';
      readonly at: number;
      readonly clusterName: string;
      readonly uid: string;
      readonly message: string;
    }
  | {
      readonly kind: 'recovery-ended';
      readonly at: number;
      readonly clusterName: string;
      readonly uid: string;
      readonly isSuccessful: boolean;
      readonly successor: ServerKey | null;
    };

export const EVENT_KINDS = [
  'cluster-changed',
  'instance-forgotten',
  'analysis-changed',
  'wire-broken',
  'recovery-started',
  'recovery-step',
  'recovery-ended',
] as const satisfies readonly LiveEvent['kind'][];

/** An event from its JSON text; null for what is none, or of a kind this page does not know yet. */
export function parseEvent(text: string): LiveEvent | null {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return null;
  }
  const record = objectOf(json);
  const at = numberOf(record.at);
  const clusterName = textOf(record.clusterName);
  const key = keyOf(record.key) ?? textOf(record.key);
  const uid = textOf(record.uid);
  switch (record.kind) {
    case 'cluster-changed':
      return { kind: record.kind, at, clusterName };
    case 'instance-forgotten':
      return { kind: record.kind, at, key };
    case 'analysis-changed':
      return {
        kind: record.kind,
        at,
        clusterName,
        key,
        code: textOf(record.code),
        description: textOf(record.description),
      };
    case 'wire-broken':
      return { kind: record.kind, at, key, reason: textOf(record.reason) };
    case 'recovery-started':
      return { kind: record.kind, at, clusterName, uid, key, code: textOf(record.code) };
    case 'recovery-step':
      return { kind: record.kind, at, clusterName, uid, message: textOf(record.message) };
    case 'recovery-ended':
      return {
        kind: record.kind,
        at,
        clusterName,
        uid,
        isSuccessful: flagOf(record.isSuccessful),
        successor: keyOf(record.successor) ?? (textOf(record.successor) || null),
      };
    default:
      return null;
  }
}

/** The API's answers that pages keep, by the first part of their query key. */
export type Resource =
  | 'clusters'
  | 'servers'
  | 'server'
  | 'analysis'
  | 'topology'
  | 'recoveries'
  | 'recovery-steps'
  | 'blocked'
  | 'preflight'
  | 'global-recoveries'
  | 'health';

/** One stale answer, or all of its kind. `about`: only pages that show this cluster or server. */
export interface Stale {
  readonly resource: Resource;
  readonly about?: string;
}

/** Which answers an event makes stale. */
export function staleAfter(event: LiveEvent): readonly Stale[] {
  switch (event.kind) {
    case 'cluster-changed':
      return [...all('clusters', 'servers', 'analysis', 'server'), { resource: 'topology', about: event.clusterName }];
    case 'instance-forgotten':
      return all('clusters', 'servers', 'analysis', 'topology', 'server');
    case 'analysis-changed':
      return [...all('analysis', 'servers', 'blocked'), { resource: 'topology', about: event.clusterName }];
    case 'wire-broken':
      return [...all('servers', 'server'), { resource: 'topology', about: event.key }];
    case 'recovery-started':
      return [...all('recoveries', 'blocked', 'analysis'), { resource: 'topology', about: event.clusterName }];
    case 'recovery-step':
      return [{ resource: 'recovery-steps', about: event.uid }];
    case 'recovery-ended':
      // The cluster may bear another name now, so no page can be sure that it is not meant.
      return [
        ...all('recoveries', 'clusters', 'servers', 'server', 'analysis', 'topology', 'blocked'),
        { resource: 'recovery-steps', about: event.uid },
      ];
  }
}

function all(...resources: readonly Resource[]): readonly Stale[] {
  return resources.map((resource) => ({ resource }));
}

/** What a kept answer is about: the names and servers by which events may mean it. Null: not known, so anything may. */
export type Subjects = ReadonlySet<string> | null;

export function isStale(stale: Stale, resource: unknown, subjects: Subjects): boolean {
  if (stale.resource !== resource) return false;
  return stale.about === undefined || subjects === null || subjects.has(stale.about);
}
