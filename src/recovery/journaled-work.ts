/**
 * What a recovery was doing when its journal ends. Pure.
 */
import type { BinlogCoordinates } from '../model/binlog-coordinates.ts';
import { type InstanceKey, keyId, sameKey } from '../model/instance-key.ts';
import { PLAN_ENTRY } from '../model/recovery-record.ts';
import {
  applierStopStepId,
  demotionStepId,
  feedingStepId,
  freezingStepId,
  haltingStepId,
  movingStepId,
  promotionStepId,
  type StepId,
  type SwitchoverIntent,
} from '../planning/plan.ts';
import type { JournalEntry, JournalPhase } from '../ports/decision-store.ts';
import { fieldOf, keyOf } from './unknown-values.ts';

export type JournaledIntent =
  | { readonly kind: 'nothing-irrevocable' }
  | { readonly kind: 'promotion-begun'; readonly failed: InstanceKey; readonly successor: InstanceKey }
  /** `promotionBegun`: the successor may have been told to take writes. */
  | {
      readonly kind: 'demotion-begun';
      readonly from: InstanceKey;
      readonly to: InstanceKey;
      readonly promotionBegun: boolean;
      /** The old primary is to replicate from the new one at once. */
      readonly startsOld: boolean;
      /** The old primary was seen read-only: no demotion is on its way any more. */
      readonly demotionDone: boolean;
    };

export interface JournaledMove {
  readonly replica: InstanceKey;
  readonly source: InstanceKey;
  readonly isDone: boolean;
}

export interface JournaledFeed {
  readonly replica: InstanceKey;
  readonly binlogServer: InstanceKey;
  /** Of Oracle's family: it left that when it was fed. */
  readonly wasByGtid: boolean;
}

/** Of binlog servers whose log goes on at a new primary. */
export interface JournaledContinuation {
  /** Who had come furthest. */
  readonly server: InstanceKey;
  readonly source: InstanceKey;
  /** Where the log goes on. */
  readonly next: BinlogCoordinates;
}

export interface JournaledWork {
  readonly intent: JournaledIntent;
  /** It was a planned switchover: somebody wanted it, and it is no flapping. */
  readonly isSwitchover: boolean;
  /** Replicas whose pointing at another source had begun and not ended: they may stand still below it. */
  readonly halfMoved: readonly { readonly replica: InstanceKey; readonly source: InstanceKey }[];
  /** Replicas whose pointing at another source had begun; `isDone`: they were seen to follow it. */
  readonly moved: readonly JournaledMove[];
  /** Replicas whose being fed by a binlog server had begun: they may stand below it. */
  readonly fed: readonly JournaledFeed[];
  /** By the last plan that says so; null: none does. */
  readonly continued: JournaledContinuation | null;
  /** Receivers that were stopped and would have been started again when the plan was given up. */
  readonly frozen: readonly InstanceKey[];
  /** Whose threads were both stopped, and would have been started again when the plan was given up. */
  readonly halted: readonly InstanceKey[];
  /** Appliers that were stopped and would have been started again when the plan was given up. */
  readonly standing: readonly InstanceKey[];
  /** Every server that the plans name, each once. */
  readonly servers: readonly InstanceKey[];
}

/** The last plan of each kind counts: plans before it were given up or are over. Lines that cannot be read count as nothing. */
export function journaledWork(journal: readonly JournalEntry[]): JournaledWork {
  const plans = journal.flatMap((entry) => (entry.stepId === PLAN_ENTRY ? (readPlan(entry.detail) ?? []) : []));
  const lastPhase = new Map<string, JournalPhase>(journal.map(({ stepId, phase }) => [stepId, phase]));
  const lastIndex = new Map<string, number>(journal.map(({ stepId }, index) => [stepId, index]));
  const began = (step: StepId): boolean => lastPhase.has(step);
  const moved = distinct(plans.flatMap(movesOf), ({ replica, source }) => movingStepId(replica, source))
    .filter(({ replica, source }) => began(movingStepId(replica, source)))
    .map((move) => ({ ...move, isDone: lastPhase.get(movingStepId(move.replica, move.source)) === 'done' }));
  return {
    intent: intentOf(plans, began, lastPhase),
    isSwitchover: isSwitchover(plans),
    moved,
    fed: plans.flatMap(fedOf).filter(({ replica, binlogServer }) => began(feedingStepId(replica, binlogServer))),
    continued: plans.flatMap(continuationsOf).at(-1) ?? null,
    halfMoved: moved
      .filter(({ replica, source }) => lastPhase.get(movingStepId(replica, source)) === 'intended')
      .map(({ replica, source }) => ({ replica, source })),
    frozen: distinct(plans.flatMap(frozenOf), keyId).filter((key) => {
      const phase = lastPhase.get(freezingStepId(key));
      if (phase === undefined || phase === 'undone') return false;
      // One that was moved since was started by that: whoever has stopped it later wants it so.
      const since = lastIndex.get(freezingStepId(key)) ?? 0;
      return !moved.some(({ replica, source }) => {
        const move = movingStepId(replica, source);
        return sameKey(replica, key) && lastPhase.get(move) === 'done' && (lastIndex.get(move) ?? 0) > since;
      });
    }),
    halted: distinct(plans.flatMap(haltedOf), keyId).filter((key) => {
      const phase = lastPhase.get(haltingStepId(key));
      return phase !== undefined && phase !== 'undone';
    }),
    standing: distinct(plans.flatMap(standingOf), keyId).filter((key) => {
      const phase = lastPhase.get(applierStopStepId(key));
      return phase !== undefined && phase !== 'undone';
    }),
    servers: distinct(plans.flatMap(serversOf), keyId),
  };
}

function intentOf(
  plans: readonly ReadPlan[],
  began: (step: StepId) => boolean,
  lastPhase: ReadonlyMap<string, JournalPhase>,
): JournaledIntent {
  let found: JournaledIntent = { kind: 'nothing-irrevocable' };
  for (const { intent } of plans) {
    if (intent?.kind === 'replace-primary' && began(promotionStepId(intent.successor))) {
      found = { kind: 'promotion-begun', failed: intent.failed, successor: intent.successor };
    }
    if (intent?.kind !== 'switchover') continue;
    const demotion = demotionStepId(intent.from);
    // Its own undoing alone takes it back: receivers that are started again have nothing to do with it.
    if (!began(demotion) || lastPhase.get(demotion) === 'undone') continue;
    const { from, to, startsOld } = intent;
    const demotionDone = lastPhase.get(demotion) === 'done';
    found = { kind: 'demotion-begun', from, to, startsOld, promotionBegun: began(promotionStepId(to)), demotionDone };
  }
  return found;
}

/** One that got no further than moving the siblings has no plan of that name yet; a failover begins by choosing. */
function isSwitchover(plans: readonly ReadPlan[]): boolean {
  const has = (kind: string): boolean => plans.some(({ kindOfIntent }) => kindOfIntent === kind);
  return has('switchover') || (has('relocate') && !has('replace-primary'));
}

interface ReadStep {
  readonly id: string;
  readonly server: InstanceKey;
  readonly hasUndo: boolean;
  /** Whom the server is told to follow; null: nobody. */
  readonly source: InstanceKey | null;
  /** Where it goes on there, if that is known beforehand. */
  readonly place: BinlogCoordinates | null;
  /** The way back is by GTID. */
  readonly undoneByGtid: boolean;
}

interface ReadPlan {
  readonly kindOfIntent: unknown;
  readonly intent:
    | { readonly kind: 'replace-primary'; readonly failed: InstanceKey; readonly successor: InstanceKey }
    | SwitchoverIntent
    | { readonly kind: 'relocate'; readonly below: InstanceKey }
    | null;
  readonly steps: readonly ReadStep[];
}

/** Only what the plan would have undone: a receiver that somebody else had stopped stays so. */
const frozenOf = ({ steps }: ReadPlan): readonly InstanceKey[] =>
  steps.filter(({ id, server, hasUndo }) => hasUndo && id === freezingStepId(server)).map(({ server }) => server);

const haltedOf = ({ steps }: ReadPlan): readonly InstanceKey[] =>
  steps.filter(({ id, server, hasUndo }) => hasUndo && id === haltingStepId(server)).map(({ server }) => server);

const standingOf = ({ steps }: ReadPlan): readonly InstanceKey[] =>
  steps.filter(({ id, server, hasUndo }) => hasUndo && id === applierStopStepId(server)).map(({ server }) => server);

function serversOf({ intent, steps }: ReadPlan): readonly InstanceKey[] {
  const named = steps.map(({ server }) => server);
  switch (intent?.kind) {
    case 'switchover':
      return [intent.from, intent.to, ...named];
    case 'replace-primary':
      return [intent.failed, intent.successor, ...named];
    // By place it has nothing to do itself.
    case 'relocate':
      return [intent.below, ...named];
    case undefined:
      return named;
  }
}

function movesOf(plan: ReadPlan): JournaledWork['halfMoved'] {
  const servers = serversOf(plan);
  return plan.steps.flatMap(({ id, server }) => {
    const source = servers.find((other) => id === movingStepId(server, other));
    return source === undefined ? [] : [{ replica: server, source }];
  });
}

const fedOf = ({ steps }: ReadPlan): readonly JournaledFeed[] =>
  steps.flatMap(({ id, server: replica, source, undoneByGtid: wasByGtid }) =>
    source !== null && id === feedingStepId(replica, source) ? [{ replica, binlogServer: source, wasByGtid }] : [],
  );

function continuationsOf({ intent, steps }: ReadPlan): readonly JournaledContinuation[] {
  if (intent?.kind !== 'replace-primary') return [];
  return steps.flatMap(({ id, server, source, place: next }) =>
    source !== null && next !== null && id === movingStepId(server, source) && sameKey(source, intent.successor)
      ? [{ server, source, next }]
      : [],
  );
}

function distinct<Item>(items: readonly Item[], idOf: (item: Item) => string): readonly Item[] {
  return [...new Map(items.map((item) => [idOf(item), item])).values()];
}

/** Null: it is no plan. */
function readPlan(detail: string): ReadPlan | null {
  const plan = parse(detail);
  const steps = fieldOf(plan, 'steps');
  if (typeof plan !== 'object' || plan === null) return null;
  return {
    kindOfIntent: fieldOf(fieldOf(plan, 'intent'), 'kind'),
    intent: readIntent(fieldOf(plan, 'intent')),
    steps: Array.isArray(steps) ? steps.flatMap((step: unknown) => readStep(step) ?? []) : [],
  };
}

function readStep(step: unknown): ReadStep | null {
  const [id, server, undo] = [fieldOf(step, 'id'), keyOf(fieldOf(step, 'server')), fieldOf(step, 'undo')];
  if (typeof id !== 'string' || server === null) return null;
  const sources = itemsOf(fieldOf(step, 'commands')).map((command) => keyOf(fieldOf(command, 'source')));
  return {
    id,
    server,
    hasUndo: itemsOf(undo).length > 0,
    source: sources.find((source) => source !== null) ?? null,
    place:
      itemsOf(fieldOf(step, 'commands'))
        .map(placeOf)
        .find((place) => place !== null) ?? null,
    undoneByGtid: itemsOf(undo).some((command) => fieldOf(fieldOf(command, 'at'), 'kind') === 'gtid'),
  };
}

function readIntent(intent: unknown): ReadPlan['intent'] {
  const kind = fieldOf(intent, 'kind');
  if (kind === 'replace-primary') {
    const [failed, successor] = [keyOf(fieldOf(intent, 'failed')), keyOf(fieldOf(intent, 'successor'))];
    return failed === null || successor === null ? null : { kind, failed, successor };
  }
  if (kind === 'relocate') {
    const below = keyOf(fieldOf(intent, 'below'));
    return below === null ? null : { kind, below };
  }
  if (kind === 'switchover') {
    const [from, to] = [keyOf(fieldOf(intent, 'from')), keyOf(fieldOf(intent, 'to'))];
    const startsOld = fieldOf(intent, 'startsOld') === true;
    return from === null || to === null ? null : { kind, from, to, startsOld };
  }
  return null;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Of a command to follow somebody from there on. */
function placeOf(command: unknown): BinlogCoordinates | null {
  const coordinates = fieldOf(fieldOf(fieldOf(command, 'at'), 'place'), 'coordinates');
  const [file, pos] = [fieldOf(coordinates, 'file'), fieldOf(coordinates, 'pos')];
  return typeof file === 'string' && typeof pos === 'number' ? { file, pos, type: 'binary' } : null;
}

const itemsOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
