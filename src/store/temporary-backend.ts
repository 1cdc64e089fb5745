/**
 * For tests: real backend files in a folder of their own, gone when the test is over.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { onTestFinished } from 'vitest';
import { clusterName, type UnixMillis, unixMillis } from '../model/brand.ts';
import type { InstanceKey } from '../model/instance-key.ts';
import type { AnalysisDigest, RecoveryUid } from '../model/recovery-record.ts';
import type { StoreBackend } from './backend.ts';
import { type OpenSqliteOptions, openSqliteBackend } from './sqlite/open-backend.ts';

/** 2026-03-01 12:00:00 UTC and a half second: what columns cut off must not disturb. */
export const NOON = Date.UTC(2026, 2, 1, 12, 0, 0, 500);

/** So many seconds after (or before) noon. */
export const noon = (afterSeconds = 0): UnixMillis => unixMillis(NOON + afterSeconds * 1000);

export const key = (hostname: string, port = 3306): InstanceKey => ({ hostname, port });

export const uid = (text: string): RecoveryUid => text as RecoveryUid;

export const node = (token: string) => ({ hostname: 'orc1', token });

export const digest = (hostname: string, change: Partial<AnalysisDigest> = {}): AnalysisDigest => ({
  key: key(hostname),
  code: 'DeadMaster',
  clusterName: clusterName(`${hostname}:3306`),
  clusterAlias: `alias-${hostname}`,
  countReplicas: 2,
  replicas: [key('replica1'), key('replica2')],
  ...change,
});

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'orchestrator-store-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export const temporaryFile = (): string => join(temporaryFolder(), 'orchestrator.db');

/** The file beside the backend, as another program sees it. */
export function openByHand(file: string): DatabaseSync {
  const database = new DatabaseSync(file, { timeout: 5_000 });
  onTestFinished(() => {
    if (database.isOpen) database.close();
  });
  return database;
}

export async function backendAt(file: string, change: Partial<OpenSqliteOptions> = {}): Promise<StoreBackend> {
  const opened = await openSqliteBackend({ file, version: '1.0.0', now: noon(), ...change });
  if (opened.kind === 'refused') throw new Error(opened.reason);
  onTestFinished(() => opened.backend.close());
  return opened.backend;
}

/** A backend on a new file, and the file as another program sees it. */
export async function newBackend(): Promise<{ backend: StoreBackend; byHand: DatabaseSync; file: string }> {
  const file = temporaryFile();
  const backend = await backendAt(file);
  return { backend, byHand: openByHand(file), file };
}
