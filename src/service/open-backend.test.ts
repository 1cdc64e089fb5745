import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { declarationOf, type Settings, settingsFrom } from '../config/settings.ts';
import { mysqlOptions, openBackend } from './open-backend.ts';

const settings = (change: Partial<Settings> = {}): Settings => ({
  ...settingsFrom((name) => declarationOf(name).default),
  ...change,
});

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'open-backend-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

describe('the options of a MySQL backend', () => {
  it('are those of the contract where nothing is configured', () => {
    expect(mysqlOptions(settings())).toEqual({
      host: '127.0.0.1',
      port: 3306,
      database: '',
      user: '',
      password: '',
      connectMillis: 2_000,
      answerMillis: 30_000,
      packetBytes: 67_108_864,
      rejectReadOnly: false,
      pool: { connections: 128, lifetimeMillis: null },
    });
  });

  it('have no limit where 0 says so, and ask the server for its packets', () => {
    const unlimited = mysqlOptions(
      settings({
        MySQLConnectTimeoutSeconds: 0,
        MySQLOrchestratorReadTimeoutSeconds: 0,
        MySQLOrchestratorMaxAllowedPacket: 0,
        MySQLOrchestratorMaxPoolConnections: -1,
        MySQLConnectionLifetimeSeconds: 60,
      }),
    );
    expect(unlimited).toMatchObject({
      connectMillis: null,
      answerMillis: null,
      packetBytes: null,
      pool: { connections: null, lifetimeMillis: 60_000 },
    });
    expect(mysqlOptions(settings({ MySQLOrchestratorMaxAllowedPacket: 4_096 })).packetBytes).toBe(4_096);
  });
});

describe('the backend that the configuration names', () => {
  it.each(['sqlite', 'sqlite3'])('is SQLite for %s', async (name) => {
    const file = join(temporaryFolder(), 'orchestrator.db');
    const opened = await openBackend(settings({ BackendDB: name, SQLite3DataFile: file }), '1.0.0');
    expect(opened).toMatchObject({ kind: 'ok', backend: { name: file } });
    if (opened.kind === 'ok') await opened.backend.close();
  });

  it.each(['mysql', '', 'SQLite', 'nonsense'])('is MySQL for "%s"', async (name) => {
    expect(await openBackend(settings({ BackendDB: name }), '1.0.0')).toEqual({
      kind: 'refused',
      reason: 'MySQLOrchestratorDatabase must be set when BackendDB is mysql',
    });
  });

  it('is refused where a file for its TLS is missing or holds no certificate', async () => {
    const folder = temporaryFolder();
    const file = join(folder, 'ca.pem');
    const secured = { MySQLOrchestratorUseMutualTLS: true, MySQLOrchestratorDatabase: 'd' };
    const missing = await openBackend(settings({ ...secured, MySQLOrchestratorSSLCAFile: file }), '1.0.0');
    expect(missing).toMatchObject({
      kind: 'refused',
      reason: expect.stringMatching(/^TLS to the backend: ENOENT.*ca.pem/),
    });
    writeFileSync(file, 'dear diary');
    expect(await openBackend(settings({ ...secured, MySQLOrchestratorSSLCAFile: file }), '1.0.0')).toEqual({
      kind: 'refused',
      reason: `TLS to the backend: there is no certificate in ${file}`,
    });
    // Without the switch nobody looks at them.
    const unused = settings({ MySQLOrchestratorSSLCAFile: join(folder, 'missing') });
    expect(await openBackend(unused, '1.0.0')).toMatchObject({
      reason: expect.stringContaining('Database must be set'),
    });
  });
});
