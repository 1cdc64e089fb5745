import { describe, expect, it } from 'vitest';
import { unixMillis } from '../../model/brand.ts';
import { JOURNAL_END, type RecoveryUid } from '../../model/recovery-record.ts';
import type { JournalPhase } from '../../ports/decision-store.ts';
import { MemoryDisk } from '../backend/disk.ts';
import { openMemoryBackend } from '../backend/open-memory-backend.ts';
import { aWorld, keyOf } from '../testing.ts';
import { ToldCommands } from './told-commands.ts';

const STEP = 'make db1:3306 read-only';
const READ_ONLY = 'SET GLOBAL read_only = 1';

/** A node's disk, and servers that its sessions tell something. */
function watched() {
  const world = aWorld({ family: 'mysql', replicas: 1 });
  const disk = new MemoryDisk();
  const backend = openMemoryBackend(disk);
  const told = new ToldCommands(world, 'orc', disk);
  let sequence = 0;
  /** The wall clock of the node is somewhere else: it is of no account. */
  const at = unixMillis(Date.UTC(2001, 0, 1));
  const journal = (stepId: string, phase: JournalPhase, detail = '') => {
    sequence += 1;
    return backend.append([{ uid: 'r1' as RecoveryUid, sequence, stepId, phase, at, detail }]);
  };
  return {
    world,
    tell: (text: string, server = 'db1', user = 'orc') => world.client(server, user).ask(text),
    journal,
    plan: (server = keyOf('db1')) =>
      journal('plan', 'intended', JSON.stringify({ steps: [{ id: STEP, server, deadlineMillis: 1_000 }] })),
    audit: (type: string, server = 'db1') =>
      backend.appendAudit({ at, type, key: keyOf(server), clusterName: '', message: '' }),
    /** Servers that were told something without a reason. */
    violations: () => {
      world.run(60_000);
      return told.violations().map(({ text }) => text.replace(/ at .*/, ''));
    },
  };
}

const FOUND = [`db1 was told "${READ_ONLY}"`];

describe('a command that nothing on the disk explains', () => {
  it.each([
    READ_ONLY,
    'set persist read_only = 1',
    'SET PERSIST_ONLY read_only = 1',
    'SET @@GLOBAL.read_only = 1',
    'SET SESSION lock_wait_timeout = 2, GLOBAL read_only = 1',
    'STOP REPLICA',
    'KILL 4711',
    'KILL @applier',
  ])('is a violation: %s', (text) => {
    const { tell, violations } = watched();
    tell(text);
    expect(violations()).toEqual([`db1 was told "${text}"`]);
  });

  it.each([
    'SELECT @@global.read_only',
    'SET SESSION lock_wait_timeout = 2',
    'SET SESSION wait_timeout = @@GLOBAL.wait_timeout',
    'START TRANSACTION',
    'SHOW REPLICA STATUS',
  ])('is none if it changes nothing for others: %s', (text) => {
    const { tell, violations } = watched();
    tell(text);
    expect(violations()).toEqual([]);
  });

  it('is not the business of this node if somebody else gives it', () => {
    const { tell, violations } = watched();
    tell(READ_ONLY, 'db1', 'root');
    expect(violations()).toEqual([]);
  });
});

describe('a step in the journal', () => {
  it('explains what is told while it is under way', async () => {
    const { tell, plan, journal, violations } = watched();
    await plan();
    await journal(STEP, 'intended');
    tell(READ_ONLY);
    await journal(STEP, 'done');
    expect(violations()).toEqual([]);
  });

  it('explains nothing that was told before it, nor long after it', async () => {
    const { world, tell, plan, journal, violations } = watched();
    tell(READ_ONLY);
    world.run(100);
    await plan();
    await journal(STEP, 'intended');
    await journal(STEP, 'done');
    world.run(10_000);
    tell('STOP REPLICA');
    expect(violations()).toEqual([...FOUND, 'db1 was told "STOP REPLICA"']);
  });

  it('that nobody ended explains nothing after its deadline', async () => {
    const { world, tell, plan, journal, violations } = watched();
    await plan();
    await journal(STEP, 'intended');
    tell('STOP REPLICA');
    world.run(10_000);
    tell(READ_ONLY);
    expect(violations()).toEqual(FOUND);
  });

  it.each([
    ['another server', keyOf('db2')],
    ['a server whose address ends alike', keyOf('otherdb1')],
    ['another server of that host', { hostname: 'db1', port: 33061 }],
  ])('of %s explains nothing', async (_, server) => {
    const { tell, plan, journal, violations } = watched();
    await plan(server);
    await journal(STEP, 'intended');
    tell(READ_ONLY);
    await journal(STEP, 'done');
    expect(violations()).toEqual(FOUND);
  });

  it.each([
    ['that was undone explains its undo, which is written before and afterwards', true],
    ['that was undone explains no undo that is written afterwards alone', false],
  ])('%s', async (_, isWrittenBefore) => {
    const { world, tell, plan, journal, violations } = watched();
    await plan();
    await journal(STEP, 'intended');
    await journal(STEP, 'done');
    world.run(10_000);
    if (isWrittenBefore) await journal(STEP, 'undoing');
    tell(READ_ONLY);
    await journal(STEP, 'undone');
    expect(violations()).toEqual(isWrittenBefore ? [] : FOUND);
  });

  it('explains what a server that hung hears of it when it goes on', async () => {
    const { world, tell, plan, journal, violations } = watched();
    await plan();
    await journal(STEP, 'intended');
    world.server('db1').hang();
    await journal(STEP, 'failed');
    world.run(20_000);
    world.server('db1').resume();
    tell(READ_ONLY);
    expect(violations()).toEqual([]);
  });

  it('K12: of a cut recovery explains what whoever takes it up does only where that has a line of its own', async () => {
    const { world, tell, plan, journal, violations } = watched();
    await plan();
    await journal('taken up', 'intended');
    tell('STOP REPLICA');
    expect(violations()).toEqual(['db1 was told "STOP REPLICA"']);
    await journal('tell db1:3306: make read-only', 'intended');
    tell(READ_ONLY);
    await journal('tell db1:3306: make read-only', 'failed');
    world.run(5_000);
    tell(READ_ONLY);
    await journal('tell db1:3306: make read-only', 'done');
    await journal(JOURNAL_END, 'done');
    world.run(5_000);
    expect(violations()).toEqual(['db1 was told "STOP REPLICA"']);
  });
});

describe('a line of the audit', () => {
  it('explains the operation that it is about, when that has ended', async () => {
    const { tell, audit, violations } = watched();
    tell(READ_ONLY);
    await audit('read-only');
    expect(violations()).toEqual([]);
  });

  it.each(['begin-downtime', 'end-maintenance', 'register-candidate', 'forget'])(
    'about %s explains nothing, for that changes no server',
    async (type) => {
      const { tell, audit, violations } = watched();
      tell(READ_ONLY);
      await audit(type);
      expect(violations()).toEqual(FOUND);
    },
  );

  it('about another server or another time explains nothing', async () => {
    const { world, tell, audit, violations } = watched();
    await audit('read-only');
    world.run(5_000);
    tell(READ_ONLY);
    await audit('read-only', 'db2');
    world.run(20_000);
    await audit('read-only');
    expect(violations()).toEqual(FOUND);
  });
});
