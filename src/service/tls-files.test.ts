/** Which files secure connections to servers, and what is shown of them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { tlsFiles } from './tls-files.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tls-files-'));
  for (const name of ['ca', 'cert', 'key']) writeFileSync(join(folder, name), `the ${name}`);
});
afterAll(() => rmSync(folder, { recursive: true }));

const settings = (mutual: boolean, skipsVerification: boolean) => ({
  MySQLTopologyUseMutualTLS: mutual,
  MySQLTopologySSLSkipVerify: skipsVerification,
  MySQLTopologySSLCAFile: join(folder, 'ca'),
  MySQLTopologySSLCertFile: join(folder, 'cert'),
  MySQLTopologySSLPrivateKeyFile: join(folder, 'key'),
});

it('shows a certificate only with mutual TLS and verification', () => {
  const files = tlsFiles();
  const shown = { authorities: 'the ca', certificate: 'the cert', key: 'the key', verifies: true };
  expect(files(settings(true, false))).toEqual({ kind: 'ok', tls: shown });
  expect(files(settings(true, true))).toMatchObject({ tls: { certificate: null, key: null, verifies: false } });
  expect(files(settings(false, false))).toMatchObject({ tls: { authorities: 'the ca', certificate: null, key: null } });
});

it('gives the same object until a file says something else', () => {
  const files = tlsFiles();
  const read = () => {
    const result = files(settings(true, false));
    return result.kind === 'ok' ? result.tls : null;
  };
  const first = read();
  expect(read()).toBe(first);
  writeFileSync(join(folder, 'cert'), 'renewed');
  expect(read()).toMatchObject({ certificate: 'renewed' });
  writeFileSync(join(folder, 'cert'), 'the cert');
});

it('says which file cannot be read', () => {
  const missing = { ...settings(true, false), MySQLTopologySSLCAFile: join(folder, 'missing') };
  expect(tlsFiles()(missing)).toMatchObject({ kind: 'refused', reason: expect.stringContaining('missing') });
});
