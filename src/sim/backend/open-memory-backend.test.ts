import { describe, expect, it } from 'vitest';
import { blankInstance } from '../../model/blank-instance.ts';
import { clusterName, unixMillis } from '../../model/brand.ts';
import type { RecoveryUid } from '../../model/recovery-record.ts';
import { MemoryDisk } from './disk.ts';
import { memoryBackend, openMemoryBackend } from './open-memory-backend.ts';

const NOON = unixMillis(Date.UTC(2026, 2, 1, 12));

const instance = (hostname: string) => blankInstance({ hostname, port: 3306 });

const audit = (message: string) => ({ at: NOON, type: 't', key: null, clusterName: '', message });

/** Whether it has been answered, one way or the other, once everything that can happen has happened. */
async function isAnswered(pending: Promise<unknown>): Promise<boolean> {
  let answered = false;
  const note = () => {
    answered = true;
  };
  pending.then(note, note);
  await new Promise((resolve) => setImmediate(resolve));
  return answered;
}

describe('a disk', () => {
  it('keeps what was written when the process closes, and what was queued, for a later one', async () => {
    const backend = memoryBackend();
    await backend.setRecoveriesDisabled(true);
    backend.queue(instance('a'), 'facts');
    await backend.close();
    const later = openMemoryBackend(backend.disk);
    expect(await later.recoveriesDisabled()).toBe(true);
    expect(await later.loadInstances()).toHaveLength(1);
  });

  it('gives every process the same name', () => {
    const disk = new MemoryDisk('orc1.db');
    expect([openMemoryBackend(disk).name, openMemoryBackend(disk).name]).toEqual(['orc1.db', 'orc1.db']);
  });

  it('that refuses writes still answers questions, and takes writes again when it is healed', async () => {
    const backend = memoryBackend();
    await backend.appendAudit(audit('before'));
    backend.disk.fail('writes');
    await expect(backend.appendAudit(audit('lost'))).rejects.toThrow('write failed');
    expect((await backend.audit({ page: 0 })).map((record) => record.message)).toEqual(['before']);
    backend.disk.heal();
    await backend.appendAudit(audit('after'));
    expect((await backend.audit({ page: 0 })).map((record) => record.message)).toEqual(['after', 'before']);
  });

  it('that is gone answers nothing, for every process', async () => {
    const backend = memoryBackend();
    const other = openMemoryBackend(backend.disk);
    backend.disk.fail('everything');
    await expect(backend.audit({ page: 0 })).rejects.toThrow('read failed');
    await expect(other.recoveriesDisabled()).rejects.toThrow('read failed');
    await expect(other.setRecoveriesDisabled(true)).rejects.toThrow('write failed');
  });

  it('that refuses writes keeps a process from closing well, but not from closing', async () => {
    const backend = memoryBackend();
    backend.queue(instance('a'), 'facts');
    backend.disk.fail('writes');
    await expect(backend.close()).rejects.toThrow('write failed');
    backend.disk.heal();
    await expect(backend.flush()).rejects.toThrow('is not open');
    expect(await openMemoryBackend(backend.disk).loadInstances()).toEqual([]);
  });

  it('can be written by hand', async () => {
    const backend = memoryBackend();
    backend.disk.tables.clusterAliasOverrides.set(clusterName('a:3306'), 'mine');
    expect([...(await backend.loadClusterAliasOverrides())]).toEqual([['a:3306', 'mine']]);
  });
});

describe('a process that has closed', () => {
  it('gets nothing any more, and may close again', async () => {
    const backend = memoryBackend();
    await backend.close();
    await expect(backend.recoveriesDisabled()).rejects.toThrow('is not open');
    await backend.close();
  });
});

describe('a process that was killed', () => {
  it('has lost what it had queued, and kept what it had written', async () => {
    const backend = memoryBackend();
    backend.queue(instance('written'), 'facts');
    await backend.flush();
    backend.queue(instance('queued'), 'facts');
    backend.kill();
    const next = openMemoryBackend(backend.disk);
    await next.flush();
    expect((await next.loadInstances()).map((found) => found.key.hostname)).toEqual(['written']);
  });

  it('is not answered, whether it asked before its death or after, nor told that something failed', async () => {
    const backend = memoryBackend();
    backend.queue(instance('a'), 'facts');
    const before = [backend.appendAudit(audit('written')), backend.flush()];
    backend.kill();
    backend.disk.fail('everything');
    const after = [backend.recoveriesDisabled(), backend.flush(), backend.forget({ hostname: 'a', port: 1 })];
    const closed = backend.close();
    for (const pending of [...before, ...after, closed]) expect(await isAnswered(pending)).toBe(false);
  });

  it('writes nothing after its death, and leaves the disk to others', async () => {
    const backend = memoryBackend();
    const other = openMemoryBackend(backend.disk);
    backend.kill();
    void backend.setRecoveriesDisabled(true);
    expect(await other.recoveriesDisabled()).toBe(false);
  });

  it('has written what it was writing when it died, though it never learned so', async () => {
    const backend = memoryBackend();
    void backend.appendAudit(audit('last'));
    backend.kill();
    expect(await openMemoryBackend(backend.disk).audit({ page: 0 })).toHaveLength(1);
  });
});

describe('what a call has given out', () => {
  it('does not change when the rows do', async () => {
    const backend = memoryBackend();
    await backend.saveClusterAlias(clusterName('a:3306'), 'shop', NOON);
    const aliases = await backend.loadClusterAliases();
    const journal = await backend.journal('u');
    await backend.saveClusterAlias(clusterName('b:3306'), 'shop', NOON);
    await backend.append([{ uid: 'u' as RecoveryUid, sequence: 1, stepId: 's', phase: 'done', at: NOON, detail: '' }]);
    expect([...aliases]).toEqual([['a:3306', 'shop']]);
    expect(journal).toEqual([]);
  });
});
