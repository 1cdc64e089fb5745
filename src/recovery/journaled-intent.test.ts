/** What a journal that ends in the middle says was under way. */
import { describe, expect, it } from 'vitest';
import { unixMillis } from '../model/brand.ts';
import type { RecoveryUid } from '../model/recovery-record.ts';
import type { JournalEntry, JournalPhase } from '../ports/decision-store.ts';
import { journaledIntent } from './journaled-intent.ts';

const failed = { hostname: 'db', port: 1 };
const successor = { hostname: 'db', port: 2 };
const freeze = JSON.stringify({ intent: { kind: 'freeze-replicas', failed } });
const replace = JSON.stringify({ intent: { kind: 'replace-primary', failed, successor } });
const switchover = JSON.stringify({ intent: { kind: 'switchover', from: failed, to: successor } });

function journal(...lines: readonly (readonly [string, JournalPhase, string?])[]): readonly JournalEntry[] {
  return lines.map(([stepId, phase, detail = ''], index) => ({
    uid: 'uid' as RecoveryUid,
    sequence: index + 1,
    stepId,
    phase,
    at: unixMillis(0),
    detail,
  }));
}

describe('K12: a recovery that a death cut in the middle', () => {
  it('had changed nothing that lasts while it froze, chose or drained', () => {
    expect(journaledIntent([])).toEqual({ kind: 'nothing-irrevocable' });
    const frozen = journal(['plan', 'intended', freeze], ['stop receiver of db:2', 'intended']);
    expect(journaledIntent(frozen)).toEqual({ kind: 'nothing-irrevocable' });
    const draining = journal(['plan', 'intended', replace], ['drain db:2', 'intended'], ['drain db:2', 'done']);
    expect(journaledIntent(draining)).toEqual({ kind: 'nothing-irrevocable' });
  });

  it('is bound to its successor from the moment the promotion was intended', () => {
    const promoting = journal(['plan', 'intended', replace], ['drain db:2', 'done'], ['promote db:2', 'intended']);
    expect(journaledIntent(promoting)).toEqual({ kind: 'promotion-begun', failed, successor });
  });

  it('a switchover is under way from the moment the old primary was to become read-only', () => {
    expect(journaledIntent(journal(['plan', 'intended', switchover]))).toEqual({ kind: 'nothing-irrevocable' });
    const demoting = journal(['plan', 'intended', switchover], ['make db:1 read-only', 'intended']);
    expect(journaledIntent(demoting)).toEqual({ kind: 'demotion-begun', from: failed, to: successor });
  });

  it('lines that cannot be read count as nothing', () => {
    for (const detail of ['', '{', 'null', '{"intent":{"kind":"replace-primary","failed":{"hostname":3}}}']) {
      const odd = journal(['plan', 'intended', detail], ['promote db:2', 'intended']);
      expect(journaledIntent(odd)).toEqual({ kind: 'nothing-irrevocable' });
    }
  });
});
