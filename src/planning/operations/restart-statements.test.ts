/** Statements around a statement (O9). */
import { describe, expect, it } from 'vitest';
import type { Instance } from '../../model/instance.ts';
import { sampleReplica } from '../../model/topology-samples.ts';
import { restartStatements } from './restart-statements.ts';
import { bothStopped } from './testing.ts';

const around = (statement: string, changes: Partial<Instance> = {}) =>
  restartStatements(sampleReplica(2, 1, changes), statement);

describe('restart statements', () => {
  it('O9: threads stop, the statement comes, threads start, each with one semicolon', () => {
    const all = [
      'stop replica io_thread;',
      'stop replica sql_thread;',
      'SET x = 1;',
      'start replica sql_thread;',
      'start replica io_thread;',
    ];
    expect(around('SET x = 1')).toEqual(all);
    expect(around('  SET x = 1 ; ;\n')).toEqual(all);
  });

  it.each([
    ['5.7.44-log', 'slave'],
    ['8.0.43', 'slave'],
    ['8.4.0', 'replica'],
    ['9.7.1', 'replica'],
    ['10.11.14-MariaDB-log', 'slave'],
    ['11.8.2-MariaDB', 'slave'],
    ['maxscale-2.4.2', 'slave'],
  ])('O9: %s is told of its %s, in lower case', (version, word) => {
    expect(around('', { version, versionComment: '' })).toEqual([
      `stop ${word} io_thread;`,
      `stop ${word} sql_thread;`,
      `start ${word} sql_thread;`,
      `start ${word} io_thread;`,
    ]);
  });

  it('O9: only the threads that run now', () => {
    const ofReceiver = ['stop replica io_thread;', 'SELECT 1;', 'start replica io_thread;'];
    expect(around('SELECT 1', { applierState: 'stopped' })).toEqual(ofReceiver);
    expect(around('SELECT 1', { ...bothStopped, receiverState: 'other' })).toEqual(ofReceiver);
    expect(around('SELECT 1', bothStopped)).toEqual(['SELECT 1;']);
  });

  it.each(['', ' ', ';', ' ;; '])('O9: "%s" is no statement', (statement) => {
    expect(around(statement, bothStopped)).toEqual([]);
  });
});
