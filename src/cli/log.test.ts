import { describe, expect, it } from 'vitest';
import { createLog, type ProgramLog } from './log.ts';

function logInto(): { log: ProgramLog; written: () => string } {
  let text = '';
  const log = createLog({
    write: (more) => {
      text += more;
    },
    now: () => new Date(2026, 8, 7, 16, 5, 9),
  });
  return { log, written: () => text };
}

describe('the log', () => {
  it('writes local time, level and message', () => {
    const { log, written } = logInto();
    log.error('something broke');
    expect(written()).toBe('2026-09-07 16:05:09 ERROR something broke\n');
  });

  it.each([
    ['ERROR', ['FATAL', 'ERROR']],
    ['NOTICE', ['FATAL', 'ERROR', 'WARNING', 'NOTICE']],
    ['INFO', ['FATAL', 'ERROR', 'WARNING', 'NOTICE', 'INFO']],
    ['DEBUG', ['FATAL', 'ERROR', 'WARNING', 'NOTICE', 'INFO', 'DEBUG']],
  ] as const)('at threshold %s drops what is less', (threshold, levels) => {
    const { log, written } = logInto();
    log.setThreshold(threshold);
    for (const say of [log.fatal, log.error, log.warning, log.notice, log.info, log.debug]) say('x');
    expect(written()).toBe(levels.map((level) => `2026-09-07 16:05:09 ${level} x\n`).join(''));
  });

  it('drops what is less than ERROR before anybody chose a threshold', () => {
    const { log, written } = logInto();
    log.warning('x');
    expect(written()).toBe('');
  });

  it('shows fields on the same line, each value on one line', () => {
    const { log, written } = logInto();
    log.error('failed', {
      key: 'a:1',
      count: 2,
      big: 3n,
      text: 'two words',
      cause: new Error('bad\n    at line 2'),
      gone: undefined,
    });
    expect(written()).toBe('2026-09-07 16:05:09 ERROR failed key=a:1 count=2 big=3 text="two words" cause=bad\n');
  });

  it('masks fields that open a door and the secrets of the configuration', () => {
    const { log, written } = logInto();
    log.hide(['correct horse', '']);
    log.error('cannot log in with correct horse', { Password: 'x', userToken: 'y', dsn: 'orc:correct horse@db' });
    expect(written()).toBe(
      '2026-09-07 16:05:09 ERROR cannot log in with ******** Password=******** userToken=******** dsn="orc:********@db"\n',
    );
  });

  it('prints a stack trace only when asked for', () => {
    const { log, written } = logInto();
    log.error('failed', { error: new Error('bad') });
    expect(written()).not.toContain('log.test.ts');
    log.showStacks();
    log.error('failed', { error: new Error('bad') });
    expect(written()).toContain('log.test.ts');
  });
});
