/**
 * A primary dies below which there are binlog servers alone (spec/recovery.md 3.1 step 5): they stand still, one of the servers below them takes the primary's place and goes on with its log, and they go on
 * there.
 */
import { answersAgain } from '../execution/plan-runner.ts';
import { coordinatesText } from '../model/binlog-coordinates.ts';
import type { Instance } from '../model/instance.ts';
import { type InstanceKey, instanceKeyText, keyId } from '../model/instance-key.ts';
import { type DirectReplicas, type KnownBelow, serversBelow } from '../planning/below-binlog-servers.ts';
import { stopBinlogServers } from '../planning/binlog-server-steps.ts';
import { durabilityOf, durabilityText } from '../planning/durability.ts';
import {
  type BinlogServerFailoverResult,
  planFailoverOfBinlogServers,
  type ServerBelow,
} from '../planning/failover-of-binlog-servers.ts';
import { executePromotion, LOOK_MILLIS } from './execute-promotion.ts';
import { fencingObjects } from './fencing.ts';
import { giveUpGone } from './lost-servers.ts';
import type { PromotionResult, PromotionWish } from './promotion-result.ts';
import type { Incident } from './recovery-hooks.ts';
import type { RecoveryRun } from './recovery-run.ts';

type Planned = Extract<BinlogServerFailoverResult, { kind: 'planned' }>;

export async function promoteBelowBinlogServers(
  run: RecoveryRun,
  incident: Incident,
  { failed, servers, others }: DirectReplicas & { readonly failed: Instance },
  wish: PromotionWish,
): Promise<PromotionResult> {
  const { mayLive } = wish;
  const { clusterName } = run.record.digest;
  run.say('all replicas that can be read are binlog servers');
  for (const { key } of others) run.fail(`${instanceKeyText(key)} did not answer; left as it is`);
  const looking = lookBelow(run, servers);
  const freeze = stopBinlogServers(clusterName, failed.key, servers);
  const frozenEnd = await (await run.run(freeze)).ended;
  const below = await looking;
  const stopped = freeze.steps.flatMap(({ id }) => {
    const result = frozenEnd.results.get(id);
    return result?.kind === 'done' && result.instance !== null ? [result.instance] : [];
  });
  const silentServers = servers.filter(({ key }) => !stopped.some((one) => keyId(one.key) === keyId(key)));
  for (const { key } of silentServers) run.fail(`${instanceKeyText(key)} could not be stopped; left as it is`);
  const facts = { failed, servers, others, stopped, silentServers, below };
  // One that does not answer holds the freeze up for seconds, and the primary may come back to life in them.
  const isBack = async (): Promise<boolean> => !mayLive && (await run.silences.answersNow(failed.key));
  const alive: PromotionResult = { kind: 'alive', reason: answersAgain(failed.key) };
  const result = (await isBack()) ? alive : await promoteOneOf(run, incident, facts, wish);
  if (result.kind === 'promoted') return result;
  // C14: nobody was promoted. They receive again, and everything is as it was found.
  await run.undo(freeze, frozenEnd);
  return result.kind === 'nobody' && (await isBack()) ? alive : result;
}

interface Facts extends DirectReplicas {
  readonly failed: Instance;
  readonly stopped: readonly Instance[];
  readonly silentServers: readonly Instance[];
  readonly below: readonly ServerBelow[];
}

/** The best of them; where that one fails, the next (C15). */
async function promoteOneOf(
  run: RecoveryRun,
  incident: Incident,
  { failed, servers, others, stopped, silentServers, below }: Facts,
  { designated, mayLive, madeReadOnly }: PromotionWish,
): Promise<Exclude<PromotionResult, { kind: 'alive' }>> {
  const { clusterName } = run.record.digest;
  const [replicas, asked] = [[...servers, ...others], stopped.map(({ key }) => key)];
  const excluded: InstanceKey[] = [];
  const request = {
    ...{ clusterName, failed, servers: stopped, silentServers, below, designated, mayLive },
    unreachable: others.map(({ key }) => key),
  };
  for (;;) {
    const planned = planFailoverOfBinlogServers({ ...request, excluded }, run.ports.policy().promotion);
    if (planned.kind === 'refused') {
      run.fail(planned.text);
      return { kind: 'nobody', reason: planned.text };
    }
    sayPlan(run, { failed, replicas, asked, planned });
    // Not for nothing, and once: a host is not switched off when nobody can take its place.
    const objection =
      excluded.length > 0 ? null : await fencingObjects(run, incident, { failed, replicas, asked, madeReadOnly });
    if (objection !== null) return { kind: 'nobody', reason: objection };
    const result = await executePromotion(run, planned.plan);
    if (result.kind === 'promoted') return result;
    excluded.push(planned.chosen.key);
    const { reason } = result;
    const isOver = result.state === 'called-off' || result.state === 'half-promoted';
    if (isOver || excluded.length >= MAX_CANDIDATES) return { kind: 'nobody', reason };
    if (result.state === 'gone') await giveUpGone(run, planned.chosen.key);
  }
}

/** A candidate that fails before it is promoted is passed over for the next, at most so often (C15). */
const MAX_CANDIDATES = 3;

async function lookBelow({ ports }: RecoveryRun, servers: readonly Instance[]): Promise<readonly ServerBelow[]> {
  const look = async ({ known, through }: KnownBelow): Promise<ServerBelow> => {
    // Most of them log what they replicate, and are not worth asking.
    if (known.logReplicaUpdatesEnabled || !known.logBinEnabled) return { instance: known, answers: true, through };
    const now = await ports.servers.observe(known.key, LOOK_MILLIS);
    return now.kind === 'observed'
      ? { instance: now.instance, answers: true, through }
      : { instance: known, answers: false, through };
  };
  return Promise.all(serversBelow(servers, (key) => ports.known.replicasOf(key)).map(look));
}

interface SaidPlan {
  readonly failed: Instance;
  /** The direct ones. */
  readonly replicas: readonly Instance[];
  /** That stand still. */
  readonly asked: readonly InstanceKey[];
  readonly planned: Planned;
}

/** Said before it is done: what nobody can prove is known when people look at it (B11). */
function sayPlan(run: RecoveryRun, { failed, replicas, asked, planned }: SaidPlan): void {
  const { leader, chosen, others, refused, plan } = planned;
  const ends = leader.selfCoordinates;
  run.say(`${instanceKeyText(leader.key)} has come furthest, up to ${coordinatesText(ends)}`);
  for (const { refusal } of refused) run.say(`not a candidate: ${refusal.text}`);
  const allowed = others.map(({ key }) => instanceKeyText(key)).join(', ');
  const also = allowed === '' ? '' : `; also allowed: ${allowed}`;
  run.say(`chose ${instanceKeyText(chosen.key)}, whose own binary log can go on where that ends${also}`);
  for (const { key, reason, transactionsAtRisk } of plan.prediction.lost) {
    run.say(`lost replica: ${instanceKeyText(key)}: ${reason}`);
    if (transactionsAtRisk !== '')
      run.fail(`transactions that only ${instanceKeyText(key)} has: ${transactionsAtRisk}`);
  }
  const durability = durabilityOf({
    failed,
    now: run.ports.clock.now(),
    replicas,
    asked,
    promoted: { family: 'position', executed: ends, received: ends },
    lost: plan.prediction.lost,
    fedUpTo: null,
    discards: '',
  });
  run.say(`durability: ${durabilityText(durability)}`);
}
