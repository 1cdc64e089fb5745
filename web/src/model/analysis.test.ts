import { describe, expect, it } from 'vitest';
import { analysesOfCluster, automaticAnswer, toneOf } from './analysis.ts';
import { codeFacts, structureWords } from './analysis-codes.ts';
import { anAnalysis } from './server.fixture.ts';

const on = { globallyEnabled: true, blocked: [] };

describe('what orchestrator does by itself', () => {
  it.each([
    ['recovers', anAnalysis(), on, 'Orchestrator recovers this by itself.'],
    [
      'leaves it to people',
      anAnalysis({ code: 'UnreachableMaster' }),
      on,
      'No automatic recovery for this: a person decides.',
    ],
    [
      'is switched off',
      anAnalysis(),
      { ...on, globallyEnabled: false },
      'Nothing is done: automatic recoveries are switched off globally.',
    ],
    [
      'is off here',
      anAnalysis({ recoversPrimary: false }),
      on,
      'Nothing is done: automatic primary recovery is off for this cluster.',
    ],
    [
      'is off for intermediates',
      anAnalysis({ code: 'DeadIntermediateMaster' }),
      on,
      'Nothing is done: automatic intermediate recovery is off for this cluster.',
    ],
    ['respects a downtime', anAnalysis({ isDowntimed: true }), on, 'Downtimed: nothing is done automatically.'],
  ])('%s', (_situation, analysis, switches, sentence) => {
    expect(automaticAnswer(analysis, switches)).toBe(sentence);
  });

  it('is held back by an earlier recovery, and the way out is told', () => {
    const blocked = [{ key: 'db1:3306', code: 'DeadMaster', blockingRecoveryId: 12 }];
    expect(automaticAnswer(anAnalysis(), { globallyEnabled: true, blocked })).toContain(
      '#12 (anti-flapping): acknowledge',
    );
  });
});

describe('analyses', () => {
  it('come worst first, downtimed last, and only those of the cluster', () => {
    const codes = analysesOfCluster(
      [
        anAnalysis({ key: 'a:1', isDowntimed: true }),
        anAnalysis({ key: 'b:1', code: 'NoProblem', structure: ['NoLoggingReplicasStructureWarning'] }),
        anAnalysis({ key: 'c:1', code: 'MasterSingleReplicaDead' }),
        anAnalysis({ key: 'd:1' }),
        anAnalysis({ key: 'e:1', clusterName: 'other:3306' }),
        anAnalysis({ key: 'f:1', clusterName: 'renamed:3306' }),
      ],
      'db1:3306',
      new Set(['f:1']),
    ).map(({ key }) => key);
    expect(codes).toEqual(['d:1', 'f:1', 'c:1', 'b:1', 'a:1']);
  });

  it('with a code that this page does not know are no less than a warning', () => {
    expect(toneOf(anAnalysis({ code: 'SomethingNew' }))).toBe('warning');
    expect(codeFacts('constructor').words).toBe('constructor');
    expect(structureWords('toString')).toBe('toString');
  });
});
