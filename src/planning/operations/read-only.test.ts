/** Read-only and writable (O60, O61). */
import { describe, expect, it } from 'vitest';
import { NO_SEMI_SYNC } from '../../model/blank-instance.ts';
import type { Instance } from '../../model/instance.ts';
import { sampleReplica, sampleServer } from '../../model/topology-samples.ts';
import { planReadOnly } from './read-only.ts';
import {
  at,
  aWorld,
  PRIMARY,
  planOf,
  REPLICA,
  seenBy,
  sentBy,
  stepsOf,
  undoneBy,
  type WorldChanges,
} from './testing.ts';

const set = (readOnly: boolean, changes: Partial<Instance> = {}, world: WorldChanges = {}) =>
  planReadOnly(
    { kind: 'set-read-only', key: at(PRIMARY), readOnly },
    aWorld([sampleServer(PRIMARY, changes), sampleReplica(REPLICA, PRIMARY)], world),
  );
const superToo: WorldChanges = { rules: { useSuperReadOnly: true } };
const byPriority = { semiSync: { ...NO_SEMI_SYNC, priority: 1, sourceWaitForReplicaCount: 1 } };

describe('setting read-only', () => {
  it('O60: it is set, and seen', () => {
    const result = set(true);
    expect(sentBy(result)).toEqual(['make read-only']);
    expect(seenBy(result)).toEqual(['read-only']);
    expect(planOf(result).audits[0]).toMatchObject({ type: 'read-only', message: 'set as true' });
  });

  it('O60: super_read_only is a step of its own whose failure is noted; MariaDB has none', () => {
    const steps = stepsOf(set(true, {}, superToo));
    expect(steps.map(({ onFailure }) => onFailure)).toEqual(['abort', 'note']);
    expect(steps[1]?.commands).toEqual([{ kind: 'set-read-only', readOnly: true, superReadOnly: true }]);
    const mariadb = { version: '10.11.14-MariaDB', versionComment: 'Debian' };
    expect(stepsOf(set(true, mariadb, superToo))).toHaveLength(1);
  });

  it('O60, G4: with a semi-sync priority it stops waiting only after it takes no more writes', () => {
    expect(sentBy(set(true, byPriority))).toEqual(['make read-only', 'wait for no acknowledgements']);
  });

  it('O60: a failure behind it never makes the server writable again', () => {
    expect(undoneBy(set(true, byPriority, superToo))).not.toContain('make writable');
  });
});

describe('setting writable', () => {
  it('O61, E2: with a semi-sync priority it waits for acknowledgements before its first write, and says that nobody acknowledges', () => {
    const result = set(false, { ...byPriority, readOnly: true });
    expect(sentBy(result)).toEqual(['wait for acknowledgements', 'make writable']);
    expect(undoneBy(result)).toEqual(['make read-only', 'wait for no acknowledgements']);
    expect(planOf(result).warnings).toEqual(['every write waits for 1 acknowledgements, and 0 replicas acknowledge']);
  });

  it('O61: without one it is made writable alone', () => {
    expect(sentBy(set(false))).toEqual(['make writable']);
    expect(planOf(set(false)).warnings).toEqual([]);
  });

  it('O61: what makes a second writer is said before', () => {
    const world = aWorld([sampleServer(PRIMARY), sampleReplica(REPLICA, PRIMARY)]);
    const { warnings } = planOf(planReadOnly({ kind: 'set-read-only', key: at(REPLICA), readOnly: false }, world));
    expect(warnings).toEqual([
      '127.0.0.1:3302 is a replica: what is written there is missing on its source',
      'its cluster has a writable primary already: 127.0.0.1:3301',
    ]);
  });
});
