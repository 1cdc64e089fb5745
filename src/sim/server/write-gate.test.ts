import { describe, expect, it } from 'vitest';
import { EventQueue } from '../event-queue.ts';
import { Process } from '../process.ts';
import type { Family } from './server-options.ts';
import { LOCK_WAIT_TIMEOUT, WriteGate } from './write-gate.ts';

const NUMBERS = 'demo.numbers';
const HOLDER = 7;
const OTHER = 8;

function aGate(family: Family = 'mysql') {
  const queue = new EventQueue();
  const gate = new WriteGate(new Process(queue), family, 'off', () => {});
  const said: string[] = [];
  return {
    gate,
    said,
    run(millis: number) {
      const until = queue.now + millis;
      for (let next = queue.nextAt; next !== null && next <= until; next = queue.nextAt) queue.step();
      queue.advanceTo(until);
    },
    set: (lockWaitMillis = 1_000) => gate.set('read-only', lockWaitMillis, (error) => said.push(`set ${error}`)),
    write: (session: number, table = NUMBERS) =>
      gate.beginCommit(
        () => {
          said.push(`${session} writes`);
          gate.commitEnded();
        },
        { table, session },
      ),
  };
}

describe('switching to read-only', () => {
  it('happens at once when nobody writes', () => {
    const { gate, said, set } = aGate();
    set();
    expect([gate.level, ...said]).toEqual(['read-only', 'set null']);
  });

  it('is not hindered by who has locked tables for reading', () => {
    const { gate, set } = aGate();
    gate.lockTables(HOLDER, [{ table: NUMBERS, kind: 'read' }]);
    set();
    expect(gate.level).toBe('read-only');
  });

  it('waits for a commit, and lets nobody else begin one meanwhile', () => {
    const { gate, said, set, write } = aGate();
    gate.beginCommit(() => said.push('commit begins'));
    set();
    write(OTHER);
    expect([gate.level, ...said]).toEqual(['off', 'commit begins']);
    gate.commitEnded();
    expect([gate.level, ...said]).toEqual(['read-only', 'commit begins', 'set null', '8 writes']);
  });

  it('waits for a lock to write, whose owner goes on writing', () => {
    const { gate, said, set, write } = aGate();
    gate.lockTables(HOLDER, [{ table: NUMBERS, kind: 'write' }]);
    set();
    write(HOLDER);
    write(OTHER, 'demo.others');
    expect(said).toEqual(['7 writes']);
    gate.unlockTables(HOLDER);
    expect(said).toEqual(['7 writes', 'set null', '8 writes']);
  });

  it('is given up after its time, and who waited for it goes on', () => {
    const { gate, said, set, write, run } = aGate();
    gate.lockTables(HOLDER, [{ table: NUMBERS, kind: 'write' }]);
    set();
    write(OTHER, 'demo.others');
    run(999);
    expect(said).toEqual([]);
    run(1);
    expect([gate.level, ...said]).toEqual(['off', `set ${LOCK_WAIT_TIMEOUT}`, '8 writes']);
  });

  it('waits its time twice: for tables, then for commits', () => {
    const { gate, said, set, run } = aGate();
    gate.lockTables(HOLDER, [{ table: NUMBERS, kind: 'write' }]);
    gate.beginCommit(() => {}, { table: NUMBERS, session: HOLDER });
    set();
    run(900);
    gate.unlockTables(HOLDER);
    run(900);
    expect(said).toEqual([]);
    run(200);
    expect(said).toEqual([`set ${LOCK_WAIT_TIMEOUT}`]);
  });

  it('mysql: waits for a statement that waits for a table; mariadb: does not', () => {
    for (const family of ['mysql', 'mariadb'] as const) {
      const { gate, said, set, write } = aGate(family);
      gate.lockTables(HOLDER, [{ table: NUMBERS, kind: 'read' }]);
      write(OTHER);
      set();
      expect(gate.level).toBe(family === 'mysql' ? 'off' : 'read-only');
      gate.unlockTables(HOLDER);
      expect(said.toSorted()).toEqual(['8 writes', 'set null']);
    }
  });

  it('mysql: is let go by a statement that was killed while it waited for a table', () => {
    const { gate, said, set, write } = aGate();
    gate.lockTables(HOLDER, [{ table: NUMBERS, kind: 'read' }]);
    const writing = write(OTHER);
    set();
    writing.cancel();
    expect([gate.level, ...said]).toEqual(['read-only', 'set null']);
  });

  it('can be taken back at once, locks or not', () => {
    const { gate, set } = aGate();
    set();
    gate.lockTables(HOLDER);
    gate.set('off', 0, () => {});
    expect(gate.level).toBe('off');
  });
});

describe('table locks', () => {
  it('of another table are not in the way', () => {
    const { gate, said, write } = aGate();
    gate.lockTables(HOLDER, [{ table: 'demo.others', kind: 'write' }]);
    write(OTHER);
    expect(said).toEqual(['8 writes']);
  });

  it('are shared by readers, and awaited by writers', () => {
    const { gate, said } = aGate();
    gate.awaitTables(HOLDER, [{ table: NUMBERS, kind: 'read' }], () => said.push('first reads'));
    gate.awaitTables(OTHER, [{ table: NUMBERS, kind: 'read' }], () => said.push('second reads'));
    gate.awaitTables(9, [{ table: NUMBERS, kind: 'write' }], () => said.push('third writes'));
    gate.unlockTables(HOLDER);
    expect(said).toEqual(['first reads', 'second reads']);
    gate.unlockTables(OTHER);
    expect(said).toEqual(['first reads', 'second reads', 'third writes']);
  });
});
