import { describe, expect, it } from 'vitest';
import { clusterName } from '../model/brand.ts';
import { sampleKey } from '../model/topology-samples.ts';
import { errantLines } from './errant-text.ts';
import { planWith, reportWith, sampleMove, sampleMoveReport, sampleMoveSteps, stepWith } from './operation-samples.ts';
import { outcomeLines, planLines, planOutcomeLines } from './operation-text.ts';
import { requestText } from './operation-words.ts';

const KEY = sampleKey(10113);

describe('a plan as text', () => {
  it('says what, by which method and why, what else was tried, every statement, and how it is undone', () => {
    expect(planLines(sampleMove, sampleMoveSteps).join('\n')).toMatchInlineSnapshot(`
      "Plan: relocate-replicas 127.0.0.1:10111 below 127.0.0.1:10112
      Method: by GTID, since all of them replicate by GTID, and 127.0.0.1:10112 has all that they lack
      Nothing has been changed.

      Moves:
        127.0.0.1:10113: 127.0.0.1:10111 -> 127.0.0.1:10112, by GTID
        127.0.0.1:10114: 127.0.0.1:10111 -> 127.0.0.1:10112, by GTID

      Left as they are:
        127.0.0.1:10115: it is ahead of 127.0.0.1:10112

      Warnings:
        127.0.0.1:10114 is in another data centre than its new source

      Methods that do not fit:
        by equivalent coordinates: no place of 127.0.0.1:10112 is known that equals theirs

      Held meanwhile:
        127.0.0.1:10113, 127.0.0.1:10114

      Steps (2 servers beside each other):
        1. 127.0.0.1:10113: it stands still while its source is changed (at most 5 s)
             STOP REPLICA;
           undone on failure by:
             START REPLICA;
        2. 127.0.0.1:10113: it replicates from its new source (at most 30 s, and 10 s until it is so, after 1)
             CHANGE REPLICATION SOURCE TO SOURCE_HOST='127.0.0.1', SOURCE_PORT=10112, SOURCE_AUTO_POSITION=1;
             START REPLICA;
           undone on failure by:
             STOP REPLICA;
             CHANGE REPLICATION SOURCE TO SOURCE_HOST='127.0.0.1', SOURCE_PORT=10111, SOURCE_AUTO_POSITION=1;
             START REPLICA;
        3. 127.0.0.1:10114: it stands still while its source is changed (at most 5 s)
             STOP REPLICA;
           undone on failure by:
             START REPLICA;
        4. 127.0.0.1:10114: it replicates from its new source (at most 30 s, and 10 s until it is so, after 3)
             CHANGE REPLICATION SOURCE TO SOURCE_HOST='127.0.0.1', SOURCE_PORT=10112, SOURCE_AUTO_POSITION=1;
             START REPLICA;
           undone on failure by:
             STOP REPLICA;
             CHANGE REPLICATION SOURCE TO SOURCE_HOST='127.0.0.1', SOURCE_PORT=10111, SOURCE_AUTO_POSITION=1;
             START REPLICA;

      Seen afterwards:
        127.0.0.1:10113, 127.0.0.1:10114: it replicates from 127.0.0.1:10112"
    `);
  });

  it('of two moves, one after the other, tells both, and whom each step waits for', () => {
    const first = stepWith('stop', KEY);
    const second = stepWith('stop', KEY, { dependsOn: [first.id] });
    const lane = (step: typeof first) => ({ server: KEY, steps: [step], effect: 'it stands still' });
    const moved = (from: number, to: number) => ({
      key: KEY,
      from: sampleKey(from),
      to: sampleKey(to),
      method: 'gtid' as const,
    });
    const request = { kind: 'relocate', key: KEY, below: sampleKey(10116) } as const;
    const plan = planWith(request, {
      method: 'gtid',
      because: 'its way leads over 10115',
      lanes: [lane(first)],
      locks: [sampleKey(10115)],
      moves: [moved(10111, 10115)],
      effects: [{ kind: 'rename-cluster-alias', from: KEY, to: sampleKey(10111) }],
      next: planWith(request, {
        method: 'same-coordinates',
        because: '10116 is a binlog server',
        lanes: [lane(second)],
        moves: [moved(10115, 10116)],
        warnings: ['the binlog server may be behind'],
      }),
    });
    const steps = [first, second].map((step) => ({ step, statements: ['STOP REPLICA'], undo: [] }));
    expect(planLines(plan, steps).join('\n')).toMatchInlineSnapshot(`
      "Plan: relocate 127.0.0.1:10113 below 127.0.0.1:10116
      Method: by GTID, since its way leads over 10115
      Then: at the same coordinates, since 10116 is a binlog server
      Nothing has been changed.

      Moves:
        127.0.0.1:10113: 127.0.0.1:10111 -> 127.0.0.1:10115, by GTID
        127.0.0.1:10113: 127.0.0.1:10115 -> 127.0.0.1:10116, by GTID

      Warnings:
        the binlog server may be behind

      Held meanwhile:
        127.0.0.1:10113, 127.0.0.1:10115

      Steps:
        1. 127.0.0.1:10113: it is so (at most 5 s)
             STOP REPLICA;
        2. 127.0.0.1:10113: it is so (at most 5 s, after 1)
             STOP REPLICA;

      Seen afterwards:
        the alias of cluster 127.0.0.1:10113 is that of 127.0.0.1:10111
        127.0.0.1:10113: it stands still"
    `);
  });

  it('tells of a step that waits for no other when it begins: at the end, or once all before is done', () => {
    const [first, last, later] = ['first', 'last', 'later'].map((id) => stepWith(id, KEY));
    if (first === undefined || last === undefined || later === undefined) throw new Error('three steps');
    const lane = (step: typeof first) => ({ server: KEY, steps: [step], effect: 'it is so' });
    const plan = planWith(
      { kind: 'stop-replication', key: KEY },
      {
        lanes: [lane(first)],
        after: [last],
        next: planWith({ kind: 'stop-replication', key: KEY }, { lanes: [lane(later)] }),
      },
    );
    const steps = [first, last, later].map((step) => ({ step, statements: ['STOP REPLICA'], undo: [] }));
    expect(planLines(plan, steps).filter((line) => line.includes('it is so ('))).toEqual([
      '  1. 127.0.0.1:10113: it is so (at most 5 s)',
      '  2. 127.0.0.1:10113: it is so (at most 5 s, at the end)',
      '  3. 127.0.0.1:10113: it is so (at most 5 s, once all before is done)',
    ]);
  });

  it('of what waits for nobody holds nobody', () => {
    const lanes = [{ server: KEY, steps: [], effect: 'it stands still' }];
    const plan = planWith(
      { kind: 'panic-stop', clusterName: clusterName('demo'), which: 'all' },
      { lanes, locksLanes: false },
    );
    expect(planLines(plan, [])).toContain('  no server');
  });

  it('of nothing to do says so', () => {
    expect(
      planLines(planWith({ kind: 'repoint-replicas', key: KEY, below: null, pattern: 'x' }), []).join('\n'),
    ).toMatchInlineSnapshot(`
      "Plan: repoint-replicas 127.0.0.1:10113 pattern x
      Why: no server is moved
      Nothing has been changed.

      Held meanwhile:
        no server

      Steps:
        none: there is nothing to do"
    `);
  });

  it('names what a step does that sends no statement, and what its failure means', () => {
    const step = stepWith('find', KEY, {
      commands: [{ kind: 'find-place', within: sampleKey(10112) }],
      onFailure: 'lose-server',
    });
    const lines = planLines(planWith({ kind: 'match-up', key: KEY }), [
      { step, statements: [], undo: ['(start replication)'] },
    ]);
    expect(lines).toContain('       (start replication)');
    expect(lines).toContain('  1. 127.0.0.1:10113: it is so (at most 5 s; its failure leaves this server behind)');
    expect(lines).toContain('       (sends nothing: find its place in the binary logs of 127.0.0.1:10112)');
  });

  it('names a step that does nothing but wait', () => {
    const step = stepWith('wait', KEY, { effect: 'it has all that 127.0.0.1:10112 has received' });
    const lines = planLines(planWith({ kind: 'match-up', key: KEY }), [{ step, statements: [], undo: [] }]);
    expect(lines).toContain('       (sends nothing: waits until it is so)');
  });

  it('with thousands of statements in a step shows the first of them and tells how many more there are', () => {
    const statements = Array.from({ length: 3_000 }, (_, index) => `SELECT ${index}`);
    const plan = planWith({ kind: 'gtid-errant-inject-empty', key: KEY });
    const lines = planLines(plan, [{ step: stepWith('inject', KEY), statements, undo: [] }]);
    expect(lines).toContain('       … and 2980 more statements');
    expect(lines.length).toBeLessThan(40);
  });

  it('lets no text of a server move the cursor or begin a line', () => {
    const plan = planWith({ kind: 'move-up', key: { hostname: 'a\nb', port: 1 } }, { warnings: ['\u001b[2Jgone'] });
    expect(planLines(plan, []).join('')).not.toMatch(/\p{Cc}/u);
  });

  it('that was not made tells why, and which methods did not fit', () => {
    const outcome = { kind: 'refused', refusal: { code: 'too-complex', message: 'do it manually' } } as const;
    expect(planOutcomeLines({ ...outcome, rejected: sampleMove.rejected }, () => [])).toEqual([
      'Refused: do it manually (too-complex)',
      'Nothing was sent to any server.',
      '',
      'Methods that do not fit:',
      '  by equivalent coordinates: no place of 127.0.0.1:10112 is known that equals theirs',
    ]);
  });
});

describe('a report as text', () => {
  it('names every server that was moved, and every one that was not with its reason', () => {
    const refusal = { code: 'partly-moved', message: 'only 1 of 2 replicas moved' };
    expect(outcomeLines({ kind: 'partly', report: sampleMoveReport, refusal }).join('\n')).toMatchInlineSnapshot(`
      "relocate-replicas 127.0.0.1:10111 below 127.0.0.1:10112: done in part after 1.2 s: only 1 of 2 replicas moved (partly-moved)

      Done:
        127.0.0.1:10113: it replicates from 127.0.0.1:10112

      Failed:
        127.0.0.1:10114: Error 1872 (HY000): Replica failed to initialize; it replicates from 127.0.0.1:10111 again

      Left as they are:
        127.0.0.1:10115: it is ahead of 127.0.0.1:10112"
    `);
  });

  it('of something that went well but for a trifle tells the trifle', () => {
    const plan = planWith({ kind: 'set-read-only', key: KEY, readOnly: true });
    const report = reportWith(plan, {
      problems: ['super_read_only could not be set'],
      found: [{ key: KEY, coordinates: { file: 'b.1', pos: 4, type: 'binary' } }],
    });
    expect(outcomeLines({ kind: 'done', report })).toEqual([
      'set-read-only 127.0.0.1:10113 read only true: done in 40 ms, no server is moved',
      '',
      'Found:',
      '  127.0.0.1:10113 stands at b.1:4',
      '',
      'Not as planned:',
      '  super_read_only could not be set',
    ]);
  });
});

describe('a request in words', () => {
  it.each([
    [{ kind: 'repoint', key: KEY, below: null }, 'repoint 127.0.0.1:10113'],
    [
      { kind: 'match-replicas', key: KEY, below: sampleKey(10112), pattern: 'db[0-9]' },
      'match-replicas 127.0.0.1:10113 below 127.0.0.1:10112 pattern db[0-9]',
    ],
    [{ kind: 'regroup-replicas', key: KEY, method: 'any' }, 'regroup-replicas 127.0.0.1:10113 method any'],
    [{ kind: 'panic-stop', clusterName: clusterName('demo'), which: 'delayed' }, 'panic-stop demo (delayed replicas)'],
  ] as const)('%j', (request, text) => {
    expect(requestText(request)).toBe(text);
  });
});

describe('errant transactions as text', () => {
  const none = { key: KEY, gtidErrant: '', untold: '', transactions: 0, ranges: [], purged: '', waysOut: [] };

  it('O33: a server without any says so', () => {
    expect(errantLines(none)).toEqual(['127.0.0.1:10113 has no errant transactions']);
  });

  it('O33: that there are none is not said where nobody can tell', () => {
    expect(errantLines({ ...none, untold: 'it replicates from several sources' })).toEqual([
      '127.0.0.1:10113: whether it has errant transactions cannot be told: it replicates from several sources',
    ]);
  });

  it('O33: each range has its first moment, and each way out its consequences', () => {
    const report = {
      ...none,
      gtidErrant: 'u:1-2,\nv:7',
      transactions: 3,
      ranges: [
        { gtid: 'u:1-2', firstSeen: 1_790_000_000_000 as never },
        { gtid: 'v:7', firstSeen: null },
      ],
      purged: 'v:7',
      waysOut: [
        { kind: 'inject-empty', refusal: '', effects: ['3 empty transactions are written on 127.0.0.1:10111'] },
        { kind: 'reset', refusal: 'it has 2 replicas', effects: [] },
      ],
    } as const;
    expect(errantLines(report)).toEqual([
      '127.0.0.1:10113 has 3 errant transactions:',
      '  u:1-2, first seen 2026-09-21 14:13:20 UTC',
      '  v:7, since before anybody looked',
      '',
      'In no binary log of it any more: v:7',
      '',
      'gtid-errant-inject-empty would:',
      '  3 empty transactions are written on 127.0.0.1:10111',
      '',
      'gtid-errant-reset-master is refused: it has 2 replicas',
    ]);
  });
});
