import { describe, expect, it } from 'vitest';
import { anAnalysis, aPrimary, aRecovery, aReplica, DEAD, LOST, STARTED_MILLIS } from '../model/server.fixture.ts';
import { recoveryViews } from '../recoveries/recovery-view.ts';
import { type Picture, verdictOf } from './verdict.ts';

const now = STARTED_MILLIS + 180_000;
const picture = (over: Partial<Picture>): Picture => ({
  servers: [aPrimary(), aReplica(2), aReplica(3)],
  analyses: [],
  recoveries: [],
  lost: [],
  now,
  ...over,
});
const recorded = (...recoveries: Parameters<typeof aRecovery>[0][]) =>
  recoveryViews(recoveries.map(aRecovery), [], now);

describe('the first line', () => {
  it('says that all is well and why one may believe it', () => {
    expect(verdictOf(picture({}))).toEqual({
      tone: 'ok',
      headline: 'All well',
      details: ['3 servers answer, 2 replicas replicate, no lag'],
    });
  });

  it('is the death of the primary, not its consequences', () => {
    const servers = [aPrimary(DEAD), aReplica(2, 1, { problems: ['not_replicating'], receiver: 'other' })];
    const verdict = verdictOf(picture({ servers, analyses: [anAnalysis()] }));
    expect(verdict).toEqual({
      tone: 'critical',
      headline: 'Primary is dead: db1:3306',
      details: ['Master cannot be reached'],
    });
  });

  it('is the recovery while it runs', () => {
    const recoveries = recoveryViews([aRecovery({ end: '', successorKey: null })], [], STARTED_MILLIS + 2_000);
    const verdict = verdictOf(picture({ analyses: [anAnalysis()], recoveries, now: STARTED_MILLIS + 2_000 }));
    expect(verdict).toMatchObject({ tone: 'acting', headline: 'Recovering. Primary is dead: db1:3306' });
  });

  it('is what was done, until somebody acknowledges it', () => {
    const verdict = verdictOf(picture({ recoveries: recorded({}), lost: ['db1:3306'] }));
    expect(verdict).toEqual({
      tone: 'recovered',
      headline: 'Failed over 2 min ago in ≈ 2 s: db1:3306 → db2:3306',
      details: ['left behind: db1:3306', 'not acknowledged yet'],
    });
    expect(verdictOf(picture({ recoveries: recorded({ acknowledged: true }) })).headline).toBe('All well');
  });

  it('is history after a day', () => {
    const old = recoveryViews([aRecovery()], [], now);
    expect(verdictOf(picture({ recoveries: old, now: now + 25 * 3_600_000 })).headline).toBe('All well');
  });

  it('is loud about a recovery that failed, with its error', () => {
    const recoveries = recorded({ isSuccessful: false, successorKey: null, errors: ['no candidate'] });
    const verdict = verdictOf(picture({ recoveries }));
    expect(verdict).toMatchObject({ tone: 'critical', headline: 'Recovery of db1:3306 failed 2 min ago' });
    expect(verdict.details).toContain('no candidate');
  });

  it('names the one replica that lags, and adds what else is odd', () => {
    const servers = [aPrimary(), aReplica(2, 1, { problems: ['replication_lag'], lagSeconds: 60 })];
    const analyses = [anAnalysis({ code: 'NoProblem', structure: ['ErrantGTIDStructureWarning'] })];
    expect(verdictOf(picture({ servers, analyses }))).toEqual({
      tone: 'warning',
      headline: '1 replica lags: db2:3306',
      details: ['A replica has transactions that its source does not have'],
    });
  });

  it('stays calm about what somebody put into downtime', () => {
    const analyses = [anAnalysis({ code: 'DeadMasterWithoutReplicas', isDowntimed: true })];
    const verdict = verdictOf(picture({ servers: [aPrimary(LOST)], analyses }));
    expect(verdict).toMatchObject({ tone: 'notice', headline: 'Nothing new' });
  });
});
