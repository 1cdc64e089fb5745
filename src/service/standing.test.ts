import { describe, expect, it } from 'vitest';
import type { EntryCode } from '../analysis/codes.ts';
import { aPrimaryWith, down } from '../analysis/testing.ts';
import { clusterName } from '../model/brand.ts';
import { Standing } from './standing.ts';

const ENTRY = aPrimaryWith(2).with(22293, down).entryOf(22293);
const CLUSTER = ENTRY.cluster.clusterName;

function aStanding() {
  let now = 1_000;
  const standing = new Standing(() => now);
  return {
    standing,
    pass: (millis: number) => {
      now += millis;
    },
    say: (code: EntryCode | null, name = CLUSTER) =>
      standing
        .note(name, code === null ? [] : [{ ...ENTRY, code, cluster: { ...ENTRY.cluster, clusterName: name } }])
        .map((entry) => entry.code),
    lasted: (code: EntryCode) => standing.lastedMillis({ key: ENTRY.key, code }),
  };
}

describe('how long something has stood', () => {
  it('is told from when it was first said, and what is new is told once', () => {
    const { say, pass, lasted } = aStanding();
    expect(say('UnreachableMaster')).toEqual(['UnreachableMaster']);
    pass(500);
    expect(say('UnreachableMaster')).toEqual([]);
    expect([lasted('UnreachableMaster'), lasted('DeadMaster')]).toEqual([500, 0]);
  });

  it('A3: a death goes on while replicas come and go and its name changes', () => {
    const { say, pass, lasted } = aStanding();
    say('UnreachableMaster');
    pass(1_000);
    for (let second = 0; second < 9; second++) {
      say(second % 3 === 0 ? 'DeadMaster' : 'DeadMasterAndSomeReplicas');
      pass(1_000);
    }
    expect([lasted('DeadMaster'), lasted('DeadMasterAndSomeReplicas')]).toEqual([9_000, 9_000]);
  });

  it('A22: ends when it is well in between, or not analysed', () => {
    const { say, pass, lasted } = aStanding();
    for (const between of ['NoProblem', null] as const) {
      say('DeadMaster');
      pass(3_600_000);
      say(between);
      pass(1_000);
      expect(say('DeadMaster')).toEqual(['DeadMaster']);
      pass(1_000);
      expect(lasted('DeadMaster')).toBe(1_000);
    }
  });

  it('goes on when the cluster is called otherwise', () => {
    const { say, pass, lasted } = aStanding();
    const renamed = clusterName('other:1');
    say('DeadMaster');
    pass(1_000);
    expect(say('DeadMaster', renamed)).toEqual([]);
    say(null);
    expect(lasted('DeadMaster')).toBe(1_000);
    say(null, renamed);
    expect(lasted('DeadMaster')).toBe(0);
  });
});
