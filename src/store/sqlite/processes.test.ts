import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { backendAt, newBackend, noon, openByHand, temporaryFile } from '../temporary-backend.ts';

const WRITER = fileURLToPath(new URL('./writer-process.ts', import.meta.url));
const SLOW_MACHINE_MILLIS = 60_000;

function startWriter(file: string, rounds: number, name: string): ChildProcess & { stdout: NodeJS.ReadableStream } {
  const writer = spawn(process.execPath, [WRITER, file, String(rounds), name], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void writer.kill('SIGKILL'));
  return writer;
}

/** Resolves with what the writer said once it has said `wanted`. */
async function roundReached(writer: { stdout: NodeJS.ReadableStream }, wanted: number): Promise<void> {
  for await (const line of createInterface({ input: writer.stdout })) {
    if (Number(line) >= wanted) return;
  }
  throw new Error(`the writer ended before round ${wanted}`);
}

describe('several processes on one backend file', () => {
  it(
    'a writer killed with SIGKILL leaves whole transactions only, and none that it reported is lost',
    async () => {
      const file = temporaryFile();
      const writer = startWriter(file, 1_000_000, 'killed');
      await roundReached(writer, 50);
      writer.kill('SIGKILL');
      await once(writer, 'exit');
      const backend = await backendAt(file);
      const [a, b] = await backend.loadInstances();
      expect(a?.uptimeSeconds).toBeGreaterThanOrEqual(50);
      expect(b?.uptimeSeconds).toBe(a?.uptimeSeconds);
    },
    SLOW_MACHINE_MILLIS,
  );

  it('a transaction that was never committed leaves the old state and no lock', async () => {
    const { backend, file } = await newBackend();
    await backend.setRecoveriesDisabled(true);
    const script = `
      const { DatabaseSync } = require('node:sqlite');
      const database = new DatabaseSync(${JSON.stringify(file)});
      database.exec('begin immediate; delete from global_recovery_disable');
      process.stdout.write('1\\n');
      setInterval(() => {}, 1000);`;
    const other = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    onTestFinished(() => void other.kill('SIGKILL'));
    await roundReached(other, 1);
    other.kill('SIGKILL');
    await once(other, 'exit');
    expect(await backend.recoveriesDisabled()).toBe(true);
    await backend.appendAudit({ at: noon(), type: 'after', key: null, clusterName: '', message: '' });
    expect(await backend.audit({ page: 0 })).toHaveLength(1);
  });

  it(
    'two that write at once both get everything written',
    async () => {
      const { backend, file } = await newBackend();
      const rounds = 200;
      const writer = startWriter(file, rounds, 'theirs');
      const ended = once(writer, 'exit');
      await roundReached(writer, 1);
      for (let round = 1; round <= rounds; round += 1) {
        await backend.appendAudit({ at: noon(), type: 'ours', key: null, clusterName: '', message: String(round) });
      }
      writer.stdout.resume();
      expect(await ended).toEqual([0, null]);
      const counts = openByHand(file)
        .prepare('select audit_type, count(*) as n from audit group by 1 order by 1')
        .all();
      expect(counts).toEqual([
        { audit_type: 'ours', n: rounds },
        { audit_type: 'theirs', n: rounds },
      ]);
    },
    SLOW_MACHINE_MILLIS,
  );
});
