/**
 * `GET {prefix}/api/v2/clusters/{hint}/plan-failover` and `…/plan-takeover`: what a recovery would do, and nothing is changed. The hint is a name, an alias, or a server of the cluster.
 * `?designated=host:port`: this one is to be promoted, or nobody. `?format=text`: for people. Of a failover `?backend=…`: refused by a service on another backend. Of a switchover
 * `?auto=false`: as the one that neither chooses a successor nor starts the old primary's replication.
 *
 * 200 planned; 409 it would be refused, with a stable `code`; 404 no such cluster; 400 for what is no request; 403 for who may not act (a switchover's plan reads servers).
 */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ClusterName } from '../../model/brand.ts';
import type { InstanceKey } from '../../model/instance-key.ts';
import type { OrchestratorCalls, Outcome } from '../../service/calls.ts';
import type { RecoveryPlan } from '../../service/recovery-plan.ts';
import { recoveryPlanLines } from '../../service/recovery-plan-text.ts';
import { authorisedForAction } from '../access.ts';
import { bareAnswer, SERVICE_HEADER, sendAnswer, TEXT_TYPE } from '../answer.ts';
import { type AnswerFormat, BAD_FORMAT, formatOf } from './answer-format.ts';
import { recoveryPlanJson } from './recovery-plan-json.ts';
import { OTHER_BACKEND, sendRefusal, UNAUTHORISED } from './refusal.ts';

interface Asked {
  readonly clusterName: ClusterName;
  readonly designated: InstanceKey | null;
  readonly auto: boolean;
}

type Plans = (asked: Asked) => Outcome<RecoveryPlan> | Promise<Outcome<RecoveryPlan>>;

interface Route {
  readonly path: string;
  readonly knows: ReadonlySet<string>;
  /** It reads servers. */
  readonly acts: boolean;
  readonly plan: Plans;
}

export function registerRecoveryPlans(app: FastifyInstance, calls: OrchestratorCalls, prefix: string): void {
  const routes: readonly Route[] = [
    {
      path: 'plan-failover',
      knows: new Set(['designated', 'format', 'backend']),
      acts: false,
      plan: (asked) => calls.planFailover(asked),
    },
    {
      path: 'plan-takeover',
      knows: new Set(['designated', 'format', 'auto']),
      acts: true,
      plan: (asked) => calls.planTakeover(asked),
    },
  ];
  for (const route of routes) {
    app.get<{ Params: { hint: string } }>(`${prefix}/api/v2/clusters/:hint/${route.path}`, async (request, reply) => {
      if (route.acts && !authorisedForAction(request.access, calls.settings())) {
        return sendRefusal(reply, 403, UNAUTHORISED);
      }
      const wishes = wishesOf(request, route, calls);
      if (wishes.kind === 'bad') return sendRefusal(reply, 400, { code: 'bad-query', message: wishes.why });
      if (wishes.backend !== '' && wishes.backend !== calls.backendName()) {
        return sendRefusal(reply, 409, OTHER_BACKEND);
      }
      const cluster = calls.clusterByHint(request.params.hint);
      if (cluster.kind === 'refused') return sendRefusal(reply, 404, cluster.refusal);
      const { designated, auto, format } = wishes;
      const outcome = await route.plan({ clusterName: cluster.value, designated, auto });
      if (outcome.kind === 'refused') return sendRefusal(reply, 409, outcome.refusal);
      if (format === 'json') return sendAnswer(reply, bareAnswer(recoveryPlanJson(outcome.value)), '');
      return reply
        .header(SERVICE_HEADER, calls.nodeId())
        .type(TEXT_TYPE)
        .send(`${recoveryPlanLines(outcome.value).join('\n')}\n`);
    });
  }
}

type Wishes =
  | {
      readonly kind: 'ok';
      readonly designated: InstanceKey | null;
      readonly auto: boolean;
      readonly format: AnswerFormat;
      readonly backend: string;
    }
  | { readonly kind: 'bad'; readonly why: string };

/** A plan for somebody else than the one who was meant would be believed: nothing is passed over, and nothing is guessed. */
function wishesOf(request: FastifyRequest, { knows }: Route, calls: OrchestratorCalls): Wishes {
  const query = request.query as Readonly<Record<string, string | readonly string[] | undefined>>;
  const bad = (why: string): Wishes => ({ kind: 'bad', why });
  const unknown = Object.keys(query).find((name) => !knows.has(name));
  if (unknown !== undefined) return bad(`${unknown} is unknown; there are ${[...knows].join(', ')}`);
  const { designated: typed = '', auto = 'true', backend = '' } = query;
  const format = formatOf(request);
  if (format === null) return bad(BAD_FORMAT);
  if (auto !== 'true' && auto !== 'false') return bad('auto is true or false');
  if (typeof backend !== 'string' || typeof typed !== 'string') return bad('each is given once');
  const wish = { kind: 'ok', auto: auto === 'true', format, backend } as const;
  if (typed === '') return { ...wish, designated: null };
  const designated = calls.resolveKeyText(typed);
  return designated.kind === 'ok' ? { ...wish, designated: designated.value } : bad(designated.refusal.message);
}
