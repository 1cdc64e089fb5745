/** Statements around a statement (O9). */
import { describe, expect, it } from 'vitest';
import type { Instance } from '../../model/instance.ts';
import type { ServerCommand } from '../../model/server-command.ts';
import { sampleReplica } from '../../model/topology-samples.ts';
import { restartStatements } from './restart-statements.ts';
import { bothStopped } from './testing.ts';

const render = ({ kind }: ServerCommand): readonly string[] => [kind];
const around = (statement: string, changes: Partial<Instance> = {}) =>
  restartStatements(sampleReplica(2, 1, changes), statement, render);

describe('restart statements', () => {
  it('O9: threads stop, the statement comes, threads start, each with one semicolon', () => {
    const all = ['stop-receiver;', 'stop-applier;', 'SET x = 1;', 'start-applier;', 'start-receiver;'];
    expect(around('SET x = 1')).toEqual(all);
    expect(around('  SET x = 1 ; ;\n')).toEqual(all);
  });

  it('O9: only the threads that run now', () => {
    expect(around('SELECT 1', { applierState: 'stopped' })).toEqual(['stop-receiver;', 'SELECT 1;', 'start-receiver;']);
    expect(around('SELECT 1', { ...bothStopped, receiverState: 'other' })).toEqual([
      'stop-receiver;',
      'SELECT 1;',
      'start-receiver;',
    ]);
    expect(around('SELECT 1', bothStopped)).toEqual(['SELECT 1;']);
  });

  it.each(['', ' ', ';', ' ;; '])('O9: "%s" is no statement', (statement) => {
    expect(around(statement, bothStopped)).toEqual([]);
  });
});
