/** Detaching and reattaching (O13, O14), with the relay log kept (D4). */
import { describe, expect, it } from 'vitest';
import { instanceKeyText } from '../../model/instance-key.ts';
import { applierBroken, has } from '../testing.ts';
import { planDetach, planReattach } from './source-attachment.ts';
import {
  aReplicaWith,
  at,
  bothStopped,
  byPosition,
  PRIMARY,
  planOf,
  REPLICA,
  refusalOf,
  sentBy,
  undoneBy,
} from './testing.ts';

const key = at(REPLICA);
const detach = (world: ReturnType<typeof aReplicaWith>) => planDetach({ kind: 'detach-source', key }, world);
const reattach = (world: ReturnType<typeof aReplicaWith>) => planReattach({ kind: 'reattach-source', key }, world);
const detachedKey = { hostname: '//127.0.0.1', port: PRIMARY };

describe('detaching', () => {
  it('O13: by GTID, while the source has all that was received; the way back is the way it was', () => {
    const result = detach(aReplicaWith(has(10, 4)));
    expect(sentBy(result)).toEqual([
      'stop replication',
      'replicate from //127.0.0.1:3301 (at the same coordinates) once 127.0.0.1:3301 has executed all that it has received',
      'start replication',
    ]);
    expect(undoneBy(result)).toEqual([
      'replicate from 127.0.0.1:3301 (at the same coordinates) once 127.0.0.1:3301 has executed all that it has received',
      'start replication',
    ]);
    expect(planOf(result).audits[0]?.type).toBe('repoint');
    expect(planOf(result).moves.map(({ to }) => to)).toEqual([detachedKey]);
  });

  it('O13: by file and position the coordinates stay', () => {
    expect(sentBy(detach(aReplicaWith(byPosition(100, 900))))[1]).toBe(
      'replicate from //127.0.0.1:3301 (at the same coordinates) once 127.0.0.1:3301 has all that it has received in its binary log',
    );
  });

  it('D4: with a silent source, what was received is applied first', () => {
    expect(sentBy(detach(aReplicaWith(has(10, 4), { silent: [PRIMARY] })))).toEqual([
      'stop the receiver',
      'replicate from //127.0.0.1:3301 (at the same coordinates) once it has applied all that it has received',
      'start replication',
    ]);
  });

  it('D4: with a silent source and a broken applier it is refused, and says what would be lost', () => {
    const text = refusalOf(detach(aReplicaWith(applierBroken(has(10, 4)), { silent: [PRIMARY] })));
    expect(text).toMatch(/^relay-log-lost: 127.0.0.1:3302 has received .*:5-10 and has not applied it/);
    const byPlace = refusalOf(detach(aReplicaWith(applierBroken(byPosition(100, 900)), { silent: [PRIMARY] })));
    expect(byPlace).toContain('up to bin.000007:900 (applied up to bin.000007:100)');
  });

  it('O13: threads that somebody had stopped stay stopped', () => {
    const sent = sentBy(detach(aReplicaWith({ ...bothStopped, ...has(10) })));
    expect(sent).not.toContain('start replication');
  });

  it('O13: refused when it is detached already', () => {
    expect(refusalOf(detach(aReplicaWith({ sourceKey: detachedKey })))).toBe(
      'detached-already: instance already detached: 127.0.0.1:3302',
    );
  });
});

describe('reattaching', () => {
  it('O14: to the source behind the mask, where it stands; it starts; the alias of its name becomes that of its source', () => {
    const result = reattach(aReplicaWith({ ...has(10), sourceKey: detachedKey }));
    expect(sentBy(result)).toEqual([
      'stop replication',
      'replicate from 127.0.0.1:3301 (at the same coordinates) once 127.0.0.1:3301 has executed all that it has received',
      'start replication',
    ]);
    expect(planOf(result).effects).toEqual([{ kind: 'rename-cluster-alias', from: key, to: at(PRIMARY) }]);
    expect(planOf(result).moves.map(({ to }) => to === null || instanceKeyText(to))).toEqual(['127.0.0.1:3301']);
  });

  it('O14: a source that does not answer leaves it attached and trying, and the plan says so', () => {
    const world = aReplicaWith({ ...has(10), sourceKey: detachedKey }, { silent: [PRIMARY] });
    const plan = planOf(reattach(world));
    expect(plan.lanes[0]?.steps.at(-1)?.onFailure).toBe('note');
    expect(plan.warnings[0]).toContain('does not answer');
  });

  it('O14: refused when it is not detached', () => {
    expect(refusalOf(reattach(aReplicaWith({})))).toBe(
      'not-detached: instance does not seem to be detached: 127.0.0.1:3302',
    );
  });
});
