/** What a journal that ends in the middle says was under way. */
import { describe, expect, it } from 'vitest';
import { unixMillis } from '../model/brand.ts';
import type { RecoveryUid } from '../model/recovery-record.ts';
import type { JournalEntry, JournalPhase } from '../ports/decision-store.ts';
import { journaledWork } from './journaled-work.ts';

const intentIn = (lines: readonly JournalEntry[]) => journaledWork(lines).intent;

const failed = { hostname: 'db', port: 1 };
const successor = { hostname: 'db', port: 2 };
const freeze = JSON.stringify({ intent: { kind: 'freeze-replicas', failed } });
const replace = JSON.stringify({ intent: { kind: 'replace-primary', failed, successor } });
const switchover = JSON.stringify({ intent: { kind: 'switchover', from: failed, to: successor } });

const startingSwitchover = JSON.stringify({
  intent: { kind: 'switchover', from: failed, to: successor, startsOld: true },
});

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
    expect(intentIn([])).toEqual({ kind: 'nothing-irrevocable' });
    const frozen = journal(['plan', 'intended', freeze], ['stop receiver of db:2', 'intended']);
    expect(intentIn(frozen)).toEqual({ kind: 'nothing-irrevocable' });
    const draining = journal(['plan', 'intended', replace], ['drain db:2', 'intended'], ['drain db:2', 'done']);
    expect(intentIn(draining)).toEqual({ kind: 'nothing-irrevocable' });
  });

  it('is bound to its successor from the moment the promotion was intended', () => {
    const promoting = journal(['plan', 'intended', replace], ['drain db:2', 'done'], ['promote db:2', 'intended']);
    expect(intentIn(promoting)).toEqual({ kind: 'promotion-begun', failed, successor });
  });

  it('a replica that was pointed at a server which had nothing to do itself may stand still below it', () => {
    const move = {
      intent: { kind: 'relocate', below: successor },
      steps: [{ id: 'point db:3 at db:2', server: { hostname: 'db', port: 3 }, undo: [] }],
    };
    const { halfMoved } = journaledWork(
      journal(['plan', 'intended', JSON.stringify(move)], ['point db:3 at db:2', 'intended']),
    );
    expect(halfMoved).toEqual([{ replica: { hostname: 'db', port: 3 }, source: successor }]);
  });

  it('a switchover is under way from the moment the old primary was to become read-only', () => {
    expect(intentIn(journal(['plan', 'intended', switchover]))).toEqual({ kind: 'nothing-irrevocable' });
    const demoting = journal(['plan', 'intended', switchover], ['make db:1 read-only', 'intended']);
    expect(intentIn(demoting)).toEqual({
      kind: 'demotion-begun',
      from: failed,
      to: successor,
      promotionBegun: false,
      demotionDone: false,
      startsOld: false,
    });
    const promoting = journal(
      ['plan', 'intended', switchover],
      ['make db:1 read-only', 'done'],
      ['plan', 'intended', switchover],
      ['promote db:2', 'intended'],
    );
    expect(intentIn(promoting)).toMatchObject({ kind: 'demotion-begun', promotionBegun: true });
    const starting = promoting.map((line) => ({ ...line, detail: line.detail === '' ? '' : startingSwitchover }));
    expect(intentIn(starting)).toMatchObject({ startsOld: true });
    expect(journaledWork(promoting).isSwitchover).toBe(true);
  });

  it('a demotion is taken back by its own undoing alone', () => {
    const lines = [
      ['plan', 'intended', switchover],
      ['make db:1 read-only', 'intended'],
      ['stop receiver of db:3', 'undone'],
    ] as const;
    expect(intentIn(journal(...lines))).toMatchObject({ kind: 'demotion-begun' });
    expect(intentIn(journal(...lines, ['make db:1 read-only', 'undone']))).toEqual({ kind: 'nothing-irrevocable' });
  });

  it('knows whose receivers it had stopped, and leaves those that others had stopped', () => {
    const third = { hostname: 'db', port: 3 };
    const steps = [
      { id: 'stop receiver of db:2', server: successor, undo: [{ kind: 'start-receiver' }] },
      { id: 'stop receiver of db:3', server: third, undo: [] },
    ];
    const plan = JSON.stringify({ intent: { kind: 'freeze-replicas', failed }, steps });
    const frozen = journal(
      ['plan', 'intended', plan],
      ['stop receiver of db:2', 'done'],
      ['stop receiver of db:3', 'done'],
    );
    expect(journaledWork(frozen)).toMatchObject({ frozen: [successor], servers: [successor, third] });
    expect(journaledWork(journal(['plan', 'intended', plan])).frozen).toEqual([]);
  });

  it('knows who was being pointed elsewhere, whatever for', () => {
    const third = { hostname: 'db', port: 3 };
    const steps = [
      { id: 'align db:2', server: successor, undo: [] },
      { id: 'point db:3 at db:2', server: third, undo: [] },
    ];
    const plan = JSON.stringify({ intent: { kind: 'relocate', below: successor }, steps });
    const moving = [
      ['plan', 'intended', plan],
      ['point db:3 at db:2', 'intended'],
    ] as const;
    expect(journaledWork(journal(...moving)).halfMoved).toEqual([{ replica: third, source: successor }]);
    expect(journaledWork(journal(...moving, ['point db:3 at db:2', 'done'])).halfMoved).toEqual([]);
  });

  it('lines that cannot be read count as nothing', () => {
    for (const detail of ['', '{', 'null', '{"intent":{"kind":"replace-primary","failed":{"hostname":3}}}']) {
      const odd = journal(['plan', 'intended', detail], ['promote db:2', 'intended']);
      expect(intentIn(odd)).toEqual({ kind: 'nothing-irrevocable' });
    }
  });
});
