import { describe, expect, it } from 'vitest';
import type { LiveRecovery } from '../live/live-state.ts';
import { aRecovery, STARTED_MILLIS } from '../model/server.fixture.ts';
import { isRecoveryOf, joinSteps, leftBehind, movedTo, recoveryDuration, recoveryViews } from './recovery-view.ts';
import { signalsOf, signalWords } from './signals.ts';

const now = STARTED_MILLIS + 5_000;
const live = (over: Partial<LiveRecovery> = {}): LiveRecovery => ({
  uid: aRecovery().uid,
  clusterName: 'db1:3306',
  failedKey: 'db1:3306',
  code: 'DeadMaster',
  startedAt: STARTED_MILLIS,
  steps: [],
  wasCutOff: false,
  ...over,
});
const end = { at: STARTED_MILLIS + 340, isSuccessful: true, successor: 'db2:3306' };
const only = (views: ReturnType<typeof recoveryViews>) => {
  const [view] = views;
  if (!view || views.length !== 1) throw new Error(`${views.length} views`);
  return view;
};

describe('a recovery', () => {
  it('known from the stream alone is shown before it is recorded', () => {
    expect(only(recoveryViews([], [live()], now))).toMatchObject({ phase: 'running', id: 0, failedKey: 'db1:3306' });
  });

  it('known from both is one, with the precise times of the stream', () => {
    const view = only(recoveryViews([aRecovery()], [live({ ended: end })], now));
    expect(view).toMatchObject({ phase: 'succeeded', id: 7 });
    expect(recoveryDuration(view, now)).toBe('0.34 s');
  });

  it('known from the record alone claims no fractions', () => {
    expect(recoveryDuration(only(recoveryViews([aRecovery()], [], now)), now)).toBe('≈ 2 s');
  });

  it('has ended as soon as the stream says so, although the record is still open', () => {
    const open = aRecovery({ end: '', isSuccessful: false, successorKey: null });
    expect(only(recoveryViews([open], [live({ ended: end })], now))).toMatchObject({
      phase: 'succeeded',
      successorKey: 'db2:3306',
    });
  });

  it('whose end is recorded has ended, although the stream was cut off before', () => {
    expect(only(recoveryViews([aRecovery()], [live({ wasCutOff: true })], now)).phase).toBe('succeeded');
    expect(only(recoveryViews([], [live({ wasCutOff: true })], now)).phase).toBe('unfinished');
  });

  it('without an end for more than an hour does not run any more', () => {
    const open = aRecovery({ end: '' });
    expect(only(recoveryViews([open], [], now)).phase).toBe('running');
    expect(only(recoveryViews([open], [], now + 2 * 3_600_000)).phase).toBe('unfinished');
  });

  it('comes newest first', () => {
    const older = aRecovery({ uid: `${STARTED_MILLIS - 60_000}000000:cd`, id: 6 });
    expect(recoveryViews([older, aRecovery()], [], now).map(({ id }) => id)).toEqual([7, 6]);
  });
});

describe('steps', () => {
  const recordedStep = (id: number, message: string) => ({ id, at: '2026-11-23T04:37:33Z', message });

  it('appear from the stream before they are recorded, with precise offsets', () => {
    const view = only(recoveryViews([], [live({ steps: [{ at: STARTED_MILLIS + 120, message: 'promote' }] })], now));
    expect(joinSteps(view, [])).toMatchObject([{ offset: '+0.12 s', message: 'promote' }]);
  });

  it('told twice, by stream and record, are shown once', () => {
    const steps = [
      { at: STARTED_MILLIS + 120, message: 'wait' },
      { at: STARTED_MILLIS + 230, message: 'wait' },
      { at: STARTED_MILLIS + 300, message: 'promote' },
    ];
    const view = only(recoveryViews([aRecovery()], [live({ steps })], now));
    const shown = joinSteps(view, [recordedStep(1, 'begin'), recordedStep(2, 'wait'), recordedStep(3, 'wait')]);
    expect(shown.map(({ offset, message }) => `${offset} ${message}`)).toEqual([
      '+1 s begin',
      '+0.12 s wait',
      '+0.23 s wait',
      '+0.30 s promote',
    ]);
  });

  it('that tell of an error stand out', () => {
    const view = only(recoveryViews([aRecovery()], [], now));
    const tones = joinSteps(view, [recordedStep(1, 'hook failed: exit 1'), recordedStep(2, 'success=true')]).map(
      ({ tone }) => tone,
    );
    expect(tones).toEqual(['error', 'plain']);
  });
});

describe('after a failover', () => {
  const views = recoveryViews([aRecovery({ lost: ['db4:3306', 'db1:3306'] })], [], now);
  const members = new Set(['db2:3306', 'db3:3306']);

  it('the recovery is found on the page of the renamed cluster by its successor or its alias', () => {
    const nobody = new Set<string>();
    const view = only(views);
    expect(isRecoveryOf(view, { alias: 'db2:3306', names: new Set(['db2:3306']), members })).toBe(true);
    expect(isRecoveryOf(view, { alias: 'main', names: nobody, members: nobody })).toBe(true);
    expect(isRecoveryOf(view, { alias: 'other', names: new Set(['db9:3306']), members: new Set(['db9:3306']) })).toBe(
      false,
    );
  });

  it('the failed and the lost are left behind, once each, until they are back', () => {
    expect(leftBehind(views, members)).toEqual(['db1:3306', 'db4:3306']);
    expect(leftBehind(views, new Set([...members, 'db1:3306']))).toEqual(['db4:3306']);
  });

  it('the old name leads to the successor', () => {
    expect(movedTo(views, 'db1:3306', new Set(['db1:3306']))).toBe('db2:3306');
  });

  it('the page of the living cluster leads nowhere else', () => {
    expect(movedTo(views, 'db2:3306', members)).toBeNull();
    expect(movedTo(views, 'db1:3306', new Set(['db1:3306', 'db2:3306']))).toBeNull();
  });

  it('signals of the failed server are still shown, those of strangers are not', () => {
    const signal = (id: number, key: string) => ({
      id,
      at: 1,
      event: { kind: 'wire-broken' as const, at: 1, key, reason: '' },
    });
    const shown = signalsOf([signal(1, 'db1:3306'), signal(2, 'db9:3306'), signal(3, 'db3:3306')], {
      clusterName: 'db2:3306',
      members,
      recoveries: views,
    });
    expect(shown.map(({ id }) => id)).toEqual([1, 3]);
  });
});

it('tells signals in words', () => {
  expect(signalWords({ kind: 'wire-broken', at: 1, key: 'db1:3306', reason: 'ECONNRESET' })).toBe(
    'Connection to db1:3306 broke: ECONNRESET',
  );
  expect(
    signalWords({
      kind: 'analysis-changed',
      at: 1,
      clusterName: 'c',
      key: 'db1:3306',
      code: 'NoProblem',
      description: '',
    }),
  ).toBe('db1:3306: no problem any more');
});
