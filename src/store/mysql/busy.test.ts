import { describe, expect, it } from 'vitest';
import { ATTEMPTS_MAX, whileBusy } from './busy.ts';
import { MYSQL } from './errors.ts';

const failing = (errno: number, times: number) => {
  const made = { attempts: 0 };
  const attempt = async () => {
    made.attempts += 1;
    if (made.attempts <= times) throw Object.assign(new Error('refused'), { errno });
    return 'done';
  };
  return { made, attempt };
};

describe('what others were in the way of', () => {
  it.each([MYSQL.DEADLOCK, MYSQL.LOCK_WAIT_TIMEOUT, MYSQL.CHECKREAD, MYSQL.ROLLED_BACK_AT_COMMIT])(
    'is done again after error %i',
    async (errno) => {
      expect(await whileBusy(failing(errno, 2).attempt)).toBe('done');
    },
  );

  it('is given up after some attempts, with the last error', async () => {
    const { made, attempt } = failing(MYSQL.DEADLOCK, 1_000);
    await expect(whileBusy(attempt)).rejects.toMatchObject({ errno: MYSQL.DEADLOCK });
    expect(made.attempts).toBe(ATTEMPTS_MAX);
  });

  it('is not what other errors are about', async () => {
    const { made, attempt } = failing(MYSQL.DUPLICATE_ENTRY, 1);
    await expect(whileBusy(attempt)).rejects.toMatchObject({ errno: MYSQL.DUPLICATE_ENTRY });
    expect(made.attempts).toBe(1);
  });
});
