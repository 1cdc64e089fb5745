import { describe, expect, it } from 'vitest';
import { backendAt, newBackend, noon, openByHand, temporaryFile } from '../temporary-backend.ts';
import { whileBusy } from './busy.ts';

const audit = { at: noon(), type: 't', key: null, clusterName: '', message: '' };

describe('a backend file that another program is writing to', () => {
  it('is waited for, and meanwhile this process goes on', async () => {
    const { backend, byHand } = await newBackend();
    byHand.exec('begin immediate');
    const written = [backend.appendAudit(audit), backend.setRecoveriesDisabled(true), backend.flush()];
    let turns = 0;
    for (; turns < 20; turns += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(byHand.prepare('select count(*) as n from audit').get()).toEqual({ n: 0 });
    byHand.exec('commit');
    await Promise.all(written);
    expect(await backend.audit({ page: 0 })).toHaveLength(1);
  });

  it('is waited for at opening, too', async () => {
    const file = temporaryFile();
    await (await backendAt(file)).close();
    const byHand = openByHand(file);
    byHand.exec('begin immediate');
    const opening = backendAt(file);
    await new Promise((resolve) => setImmediate(resolve));
    byHand.exec('commit');
    expect((await opening).name).toBe(file);
  });

  it('is given up when the limit is over', async () => {
    const { byHand, file } = await newBackend();
    byHand.exec('begin immediate');
    const other = openByHand(file);
    other.exec('pragma busy_timeout = 0');
    let attempts = 0;
    const attempt = () => {
      attempts += 1;
      other.exec('begin immediate');
    };
    await expect(whileBusy(attempt, 10)).rejects.toMatchObject({ errcode: 5 });
    expect(attempts).toBeGreaterThan(1);
  });

  it('is not what other errors are about', async () => {
    let attempts = 0;
    const attempt = () => {
      attempts += 1;
      throw new Error('something else');
    };
    await expect(whileBusy(attempt)).rejects.toThrow('something else');
    expect(attempts).toBe(1);
  });
});
