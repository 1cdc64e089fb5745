/**
 * Reads an operation that somebody asks for as JSON: exactly a request of that kind, or refused with the place where it is not. A field that nobody knows is refused
 * too: who misspells `pattern` would move every replica.
 */
import { z } from 'zod';
import { compileRegularExpression } from '../../config/regular-expression.ts';
import type { ClusterName } from '../../model/brand.ts';
import { type InstanceKey, isValidKey, parseInstanceKey } from '../../model/instance-key.ts';
import type { OperationKind, OperationRequest } from '../../planning/operations/operation-request.ts';
import { NICE_STOP_SECONDS_MAX, type OrchestratorCalls } from '../../service/calls.ts';

export type ReadRequest =
  | { readonly kind: 'ok'; readonly request: OperationRequest }
  | { readonly kind: 'bad'; readonly code: 'unknown-kind' | 'bad-request'; readonly message: string };

const HOST_CHARACTERS_MAX = 255;
const PORT_MAX = 65_535;
const PATTERN_CHARACTERS_MAX = 1_000;
/** Longer than any file name that a file system has. */
const FILE_CHARACTERS_MAX = 255;
const CLUSTER_CHARACTERS_MAX = 1_000;
/** The most that a server can be told. */
const DELAY_SECONDS_MAX = 2 ** 31 - 1;
const FLUSHES_MAX = 1_000;
/** Problems of one body that are told. */
const ISSUES_MAX = 10;

type Schemas = {
  readonly [Kind in OperationKind]: z.ZodType<Extract<OperationRequest, { readonly kind: Kind }>>;
};

/** A reader whose servers and clusters are resolved and completed as those of any request (spec/http-api.md 1.5). */
export function requestReader(calls: OrchestratorCalls): (body: unknown) => ReadRequest {
  const schemas = schemasFor(calls);
  const kinds = Object.keys(schemas);
  return (body) => {
    if (typeof body !== 'object' || body === null || Array.isArray(body)) {
      return { kind: 'bad', code: 'bad-request', message: 'the body must be an object such as {"kind":"relocate",…}' };
    }
    const wanted = 'kind' in body ? body.kind : undefined;
    if (!isKind(wanted, schemas)) {
      const message = `kind: ${JSON.stringify(wanted) ?? 'missing'} is no operation; there are ${kinds.join(', ')}`;
      return { kind: 'bad', code: 'unknown-kind', message };
    }
    const parsed = schemas[wanted].safeParse(body);
    return parsed.success
      ? { kind: 'ok', request: parsed.data }
      : { kind: 'bad', code: 'bad-request', message: issuesText(parsed.error.issues) };
  };
}

const isKind = (wanted: unknown, schemas: Schemas): wanted is OperationKind =>
  typeof wanted === 'string' && Object.hasOwn(schemas, wanted);

function issuesText(issues: readonly z.core.$ZodIssue[]): string {
  const texts = issues.slice(0, ISSUES_MAX).map(({ path, message }) => {
    const place = path.map(String).join('.');
    return place === '' ? message : `${place}: ${message}`;
  });
  return texts.join('; ');
}

function schemasFor(calls: OrchestratorCalls): Schemas {
  const key = serverSchema(calls);
  const below = key;
  const pattern = patternSchema();
  const file = z.string().min(1).max(FILE_CHARACTERS_MAX);
  const request = <Kind extends string, Fields extends z.ZodRawShape>(kind: Kind, fields: Fields) =>
    z.strictObject({ kind: z.literal(kind), key, ...fields });
  const plain = <Kind extends string>(kind: Kind) => z.strictObject({ kind: z.literal(kind), key });
  return {
    relocate: request('relocate', { below }),
    repoint: request('repoint', { below: below.nullable().default(null) }),
    'move-equivalent': request('move-equivalent', { below }),
    'move-up': plain('move-up'),
    'move-below': request('move-below', { below }),
    'take-master': plain('take-master'),
    'make-co-master': plain('make-co-master'),
    'move-below-gtid': request('move-below-gtid', { below }),
    'enable-gtid': plain('enable-gtid'),
    'disable-gtid': plain('disable-gtid'),
    'match-below': request('match-below', { below }),
    'match-up': plain('match-up'),
    rematch: plain('rematch'),
    'make-master': plain('make-master'),
    'make-local-master': plain('make-local-master'),
    'detach-source': plain('detach-source'),
    'skip-to-next-log': plain('skip-to-next-log'),
    'reattach-source': plain('reattach-source'),
    'reset-replication': plain('reset-replication'),
    'relocate-replicas': request('relocate-replicas', { below, pattern }),
    'repoint-replicas': request('repoint-replicas', { below: below.nullable().default(null), pattern }),
    'move-up-replicas': request('move-up-replicas', { pattern }),
    'take-siblings': plain('take-siblings'),
    'move-replicas-gtid': request('move-replicas-gtid', { below, pattern }),
    'match-replicas': request('match-replicas', { below, pattern }),
    'match-up-replicas': request('match-up-replicas', { pattern }),
    'regroup-replicas': request('regroup-replicas', {
      method: z.enum(['any', 'gtid', 'pseudo-gtid', 'binlog-servers']).default('any'),
    }),
    'stop-replication': plain('stop-replication'),
    'stop-replication-nicely': request('stop-replication-nicely', {
      timeoutSeconds: z.int().min(0).max(NICE_STOP_SECONDS_MAX).default(0),
    }),
    'start-replication': plain('start-replication'),
    'restart-replication': plain('restart-replication'),
    'delay-replication': request('delay-replication', { delaySeconds: z.int().min(0).max(DELAY_SECONDS_MAX) }),
    'skip-query': plain('skip-query'),
    'change-credentials': plain('change-credentials'),
    'set-read-only': request('set-read-only', { readOnly: z.boolean() }),
    'set-semi-sync-source': request('set-semi-sync-source', { enabled: z.boolean() }),
    'set-semi-sync-replica': request('set-semi-sync-replica', { enabled: z.boolean() }),
    'flush-binary-logs': request('flush-binary-logs', { count: z.int().min(1).max(FLUSHES_MAX).default(1) }),
    'flush-binary-logs-until': request('flush-binary-logs-until', { file }),
    'purge-binary-logs': request('purge-binary-logs', { file, force: z.boolean().default(false) }),
    'kill-query': request('kill-query', { processId: z.int().min(1) }),
    'gtid-errant-reset-master': plain('gtid-errant-reset-master'),
    'gtid-errant-inject-empty': plain('gtid-errant-inject-empty'),
    reprovision: request('reprovision', {
      donor: key.nullable().default(null),
      discardErrant: z.boolean().default(false),
    }),
    'rescue-transactions': plain('rescue-transactions'),
    'panic-stop': z.strictObject({
      kind: z.literal('panic-stop'),
      clusterName: clusterSchema(calls),
      which: z.enum(['delayed', 'all']).default('delayed'),
    }),
  };
}

/** `{"hostname":"db1","port":3306}` or `"db1:3306"`. */
function serverSchema(calls: OrchestratorCalls) {
  const apart = z.strictObject({
    hostname: z.string().min(1).max(HOST_CHARACTERS_MAX),
    port: z.int().min(1).max(PORT_MAX),
  });
  return z.unknown().transform((value, context): InstanceKey => {
    const refuse = (message: string) => {
      context.addIssue({ code: 'custom', message });
      return z.NEVER;
    };
    const named = apart.safeParse(value);
    const isText = typeof value === 'string' && value !== '' && value.length <= HOST_CHARACTERS_MAX + 8;
    if (!named.success && !isText) return refuse('must be {"hostname":…,"port":…} or "host:port"');
    const outcome = named.success
      ? calls.resolveKey(named.data.hostname, String(named.data.port))
      : calls.resolveKeyText(String(value));
    if (outcome.kind === 'refused') return refuse(outcome.refusal.message);
    return isValidKey(outcome.value) ? outcome.value : refuse('no server can be reached there');
  });
}

/** One that is no regular expression fits nobody: it would be answered as done, with nobody moved. */
const patternSchema = () =>
  z
    .string()
    .max(PATTERN_CHARACTERS_MAX)
    .superRefine((pattern, context) => {
      const compilation = compileRegularExpression(pattern);
      if (compilation.kind === 'refused') context.addIssue({ code: 'custom', message: compilation.reason });
    })
    .default('');

/** Name, alias, or a server of the cluster. */
function clusterSchema(calls: OrchestratorCalls) {
  return z
    .string()
    .min(1)
    .max(CLUSTER_CHARACTERS_MAX)
    .transform((hint, context): ClusterName => {
      const clusterName = calls.clusterByAlias(hint) ?? clusterOfServer(hint, calls);
      if (clusterName !== null) return clusterName;
      context.addIssue({ code: 'custom', message: `Unable to determine cluster name. clusterHint=${hint}` });
      return z.NEVER;
    });
}

/** Of the server with exactly that name and port. A part of one, as other requests may use, would stop the replication of whatever cluster it fits. */
function clusterOfServer(text: string, calls: OrchestratorCalls): ClusterName | null {
  const parsed = parseInstanceKey(text, 0);
  return parsed.kind === 'ok' ? (calls.instance(parsed.key)?.instance.clusterName ?? null) : null;
}
