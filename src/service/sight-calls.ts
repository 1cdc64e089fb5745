/** What this node sees of servers, for other nodes that are about to act on what they see themselves (A20). */
import type { LiveRead } from '../discovery/prober.ts';
import { Recent } from '../discovery/recent.ts';
import { type ClusterName, millis } from '../model/brand.ts';
import type { Instance } from '../model/instance.ts';
import { type InstanceKey, instanceKeyText, type KeyId, keyId, sameKey } from '../model/instance-key.ts';
import { isLastCheckValid } from '../model/instance-status.ts';
import type { NodeIdentity } from '../model/recovery-record.ts';
import type { ServerFailure } from '../model/server-failure.ts';
import type { ServerSight, Sight } from '../model/server-sight.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { LookOf } from '../ports/other-nodes.ts';
import { type Outcome, ok, refused, type SightCalls } from './calls.ts';

export interface SightParts {
  readonly picture: {
    readonly topology: { get(key: InstanceKey): Instance | undefined; cluster(name: ClusterName): readonly Instance[] };
    wasSeenHere(key: InstanceKey): boolean;
  };
  readonly readAfresh: (key: InstanceKey) => Promise<LiveRead>;
  readonly failureOf: (key: InstanceKey) => ServerFailure | null;
  readonly identity: NodeIdentity;
  readonly backendName: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** Of one question. */
export const SIGHTS_MAX = 100;

/** Who asks waits, and a failover with it. Milliseconds. */
const LOOK_MILLIS = millis(500);

/** Whoever may ask may not make us look at a server more often than this. */
const LOOK_AGAIN_MILLIS = 100;

const NODE_ID_DIGITS = 8;

/** By which a node tells its own answer from those of others. The whole token would let others speak as this node. */
export const nodeIdOf = ({ token }: NodeIdentity): string => token.slice(0, NODE_ID_DIGITS);

export function sightCalls(parts: SightParts): SightCalls {
  const looked: Looked = { lately: new Recent<KeyId>(parts.clock, () => LOOK_AGAIN_MILLIS), now: new Map() };
  return {
    async sights(keys, look): Promise<Outcome<readonly ServerSight[]>> {
      if (keys.length > SIGHTS_MAX) {
        return refused('too-many-servers', `at most ${SIGHTS_MAX} servers a question, not ${keys.length}`);
      }
      return ok(await Promise.all(keys.map((key) => sight(parts, key, look, looked))));
    },
    backendName: () => parts.backendName,
    nodeId: () => nodeIdOf(parts.identity),
  };
}

async function sight(parts: SightParts, key: InstanceKey, look: LookOf, looked: Looked): Promise<ServerSight> {
  const { picture, clock } = parts;
  const known = () => picture.topology.get(key);
  // Servers that are not watched are not dialled for the asking: nobody may send our account's password to a host of his own.
  const before = known();
  if (before === undefined) return { key, sight: 'unknown', ageMillis: null, failure: '' };
  // Who is missed here already is looked at again and again by ourselves.
  const isLate = look === 'now' && isLastCheckValid(before) && !(await looksNow(parts, key, looked));
  const instance = known() ?? before;
  const { lastSeen } = instance;
  const seen = { key, ageMillis: lastSeen === null ? null : Math.max(0, clock.now() - lastSeen) };
  // Far or busy is not dead: what is dead is missed by the pulse within a second, and then nobody is late any more.
  if (isLate) return { ...seen, sight: 'unknown', failure: `no answer within ${LOOK_MILLIS} ms` };
  if (isLastCheckValid(instance)) {
    // What a former process wrote to the backend is nothing that this one has seen.
    return { ...seen, sight: picture.wasSeenHere(key) ? 'answers' : 'unknown', failure: '' };
  }
  const failure = parts.failureOf(key);
  return { ...seen, sight: failure === null ? 'unknown' : missed(parts, instance), failure: failure?.text ?? '' };
}

/** A4: a node to which nothing of the cluster answers may be the one that is cut off; it says nothing of one of its servers. */
function missed({ picture }: SightParts, { key, clusterName }: Instance): Sight {
  const others = picture.topology.cluster(clusterName).filter((other) => !sameKey(other.key, key));
  return others.some((other) => isLastCheckValid(other) && picture.wasSeenHere(other.key)) ? 'silent' : 'unknown';
}

interface Looked {
  readonly lately: Recent<KeyId>;
  /** Looks that go on: who asks meanwhile waits for their end, and is not told what was known before. */
  readonly now: Map<KeyId, Promise<void>>;
}

/** Whether a look has ended in time, or another has a moment ago. */
async function looksNow(parts: SightParts, key: InstanceKey, { lately, now }: Looked): Promise<boolean> {
  const id = keyId(key);
  if (!now.has(id)) {
    if (lately.has(id)) return true;
    lately.note(id);
    now.set(
      id,
      readOnce(parts, key).finally(() => now.delete(id)),
    );
  }
  const read = now.get(id)?.then(() => true);
  return Promise.race([read ?? true, parts.clock.sleep(LOOK_MILLIS).then(() => false)]);
}

async function readOnce({ readAfresh, log }: SightParts, key: InstanceKey): Promise<void> {
  await readAfresh(key).catch((error: unknown) => log.error(`reading ${instanceKeyText(key)}: ${String(error)}`));
}
