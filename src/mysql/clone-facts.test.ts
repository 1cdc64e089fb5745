/** What a server tells of the CLONE plugin. */
import { describe, expect, it } from 'vitest';
import type { Rows } from '../ports/server-wire.ts';
import { cloneFactsOf, readCloneFacts } from './clone-facts.ts';
import { mariadb } from './mariadb/mariadb.ts';
import { mysql57 } from './mysql-57/mysql-57.ts';
import { mysql80 } from './mysql-80/mysql-80.ts';
import { mysql84 } from './mysql-84/mysql-84.ts';
import type { PacketResult } from './section-packet.ts';

const ACTIVE: Rows = [{ status: 'ACTIVE' }];
const STATUS = {
  pid: 25,
  state: 'In Progress',
  donor: 'db2:3306',
  began: '2026-03-01 08:30:00.123',
  error: 0,
  message: '',
};
const stage = (name: string, state: string, estimate = 0, copied = 0) => ({ stage: name, state, estimate, copied });

const facts = (sections: Readonly<Record<string, Rows>>) =>
  cloneFactsOf(new Map(Object.entries({ plugin: ACTIVE, status: [], progress: [], ...sections })));

describe('the last clone', () => {
  it('runs while a session is at it, in stages of which those count that have begun', () => {
    const progress = [
      stage('DROP DATA', 'Completed'),
      stage('FILE COPY', 'In Progress', 73_635_464, 31_692_424),
      stage('PAGE COPY', 'Not Started'),
    ];
    expect(facts({ status: [STATUS], progress }).last).toEqual({
      state: 'running',
      donor: 'db2:3306',
      beganAt: '2026-03-01 08:30:00.123',
      errorNumber: 0,
      errorText: '',
      stages: [
        { name: 'DROP DATA', state: 'completed', estimatedBytes: 0, copiedBytes: 0 },
        { name: 'FILE COPY', state: 'in-progress', estimatedBytes: 73_635_464, copiedBytes: 31_692_424 },
      ],
    });
  });

  it('has failed with a number and words; also one whose server was killed, which is in progress for ever', () => {
    const failed = { ...STATUS, state: 'Failed', error: 3862, message: 'Clone Donor Error: …' };
    expect(facts({ status: [failed] }).last).toMatchObject({
      state: 'failed',
      errorNumber: 3862,
      errorText: 'Clone Donor Error: …',
    });
    expect(facts({ status: [{ ...STATUS, pid: 0, error: 1317 }] }).last?.state).toBe('failed');
  });

  it('is completed, or there was never one', () => {
    expect(facts({ status: [{ ...STATUS, pid: 0, state: 'Completed' }] }).last?.state).toBe('completed');
    expect(facts({}).last).toBeNull();
    expect(facts({ status: [{ ...STATUS, state: 'Not Started' }] }).last).toBeNull();
  });

  it('is not told where it may not be read', () => {
    const rows = new Map<string, Rows>([['plugin', ACTIVE]]);
    expect(cloneFactsOf(rows)).toMatchObject({ last: null, isTold: false, plugin: 'active' });
    expect(facts({}).isTold).toBe(true);
  });
});

describe('what our account may do', () => {
  const may = (...grants: readonly string[]) => {
    const { mayClone, mayDonate, mayInstall } = facts({ grants: grants.map((line) => ({ 'Grants for orc@%': line })) });
    return [mayClone, mayDonate, mayInstall];
  };

  it('is read by whole privileges and targets', () => {
    expect(may('GRANT SELECT ON *.* TO `orc`@`%`')).toEqual([false, false, false]);
    expect(may('GRANT CLONE_ADMIN,BACKUP_ADMIN ON *.* TO `orc`@`%`')).toEqual([true, true, false]);
    expect(may('GRANT INSERT ON `mysql`.`plugin` TO `orc`@`%`')).toEqual([false, false, true]);
    expect(may('GRANT INSERT ON `other`.* TO `orc`@`%`')).toEqual([false, false, false]);
    expect(may('GRANT ALL PRIVILEGES ON *.* TO `orc`@`%`')).toEqual([true, true, true]);
  });

  it('is not known where the server does not say', () => {
    const { mayClone, mayDonate, mayInstall } = facts({});
    expect([mayClone, mayDonate, mayInstall]).toEqual([null, null, null]);
  });
});

describe('the plugin', () => {
  it('is there, is not, or is disabled', () => {
    const plugin = (rows: Rows) => facts({ plugin: rows }).plugin;
    expect([plugin(ACTIVE), plugin([]), plugin([{ status: 'DISABLED' }])]).toEqual(['active', 'missing', 'inactive']);
  });

  it('is asked for where the release has one', () => {
    const asked = [mysql84, mysql80([8, 0, 22]), mysql57([8, 0, 17]), mysql57([8, 0, 16]), mariadb];
    expect(asked.map(({ cloneSections = [] }) => cloneSections.length)).toEqual([5, 5, 5, 0, 0]);
  });

  it('is nobody’s to ask for elsewhere, or where the server does not answer', async () => {
    const read = (dialect: typeof mysql84 | null, answer: PacketResult) =>
      readCloneFacts({ dialect, querySections: async () => answer }, { connectMillis: 1, answerMillis: 1 });
    const failure = { kind: 'refused', phase: 'connect', text: 'refused' } as const;
    const failed: PacketResult = { kind: 'failed', failure, cameBack: new Set() };
    expect(await read(mariadb, failed)).toEqual({ kind: 'without' });
    expect(await read(mysql84, failed)).toMatchObject({ kind: 'failed', failure });
    const answered: PacketResult = { kind: 'answered', rows: new Map([['plugin', ACTIVE]]), sections: [], refused: [] };
    expect(await read(mysql84, answered)).toMatchObject({ kind: 'read', facts: { plugin: 'active' } });
  });
});
