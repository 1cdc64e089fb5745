/** Marks of hooks: comments that say whether their failure counts, and how long they may take. */
import { describe, expect, it } from 'vitest';
import { hookMarks } from './hook-marks.ts';

const NONE = { isRequired: null, timeoutSeconds: null, unknown: [] };

describe('an entry of a list of hooks', () => {
  it('without marks is what it is', () => {
    expect(hookMarks('echo {failedHost} >> /tmp/log &')).toEqual({
      ...NONE,
      command: 'echo {failedHost} >> /tmp/log &',
    });
    expect(hookMarks('echo "# orchestrators: advisory"')).toEqual({
      ...NONE,
      command: 'echo "# orchestrators: advisory"',
    });
  });

  it('says whether its failure counts, and how long it may take', () => {
    expect(hookMarks('/bin/tell {failedHost} # orchestrator: advisory, timeout=30s')).toEqual({
      command: '/bin/tell {failedHost}',
      isRequired: false,
      timeoutSeconds: 30,
      unknown: [],
    });
    expect(hookMarks('/bin/fence #orchestrator:required')).toMatchObject({ command: '/bin/fence', isRequired: true });
    expect(hookMarks('/bin/tell & # orchestrator: timeout=5s')).toMatchObject({
      command: '/bin/tell &',
      timeoutSeconds: 5,
    });
  });

  it('of several lines has them at the end of the last', () => {
    const { command, isRequired } = hookMarks('# orchestrator: advisory\n/bin/tell');
    expect([command, isRequired]).toEqual(['# orchestrator: advisory\n/bin/tell', null]);
  });

  it('tells the words that mean nothing', () => {
    expect(hookMarks('/bin/tell # orchestrator: optional, timeout=0s, timeout=1m').unknown).toEqual([
      'optional',
      'timeout=0s',
      'timeout=1m',
    ]);
  });
});
