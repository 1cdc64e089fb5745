/** Whose connection a command gets, by what the server lets in. */
import { expect, it } from 'vitest';
import { millis, unixMillis } from '../model/brand.ts';
import type { ServerFailure } from '../model/server-failure.ts';
import type { Clock } from '../ports/clock.ts';
import type { ServerWire } from '../ports/server-wire.ts';
import { CommandConnections } from './command-connections.ts';

interface FakeWire extends ServerWire {
  readonly name: string;
  isDestroyed: boolean;
}

function wire(name: string): FakeWire {
  return {
    name,
    isDestroyed: false,
    get usable() {
      return !this.isDestroyed;
    },
    session: { id: 1, clientPort: 1 },
    ask: () => Promise.resolve({ kind: 'complete', results: [] }),
    ping: async () => null,
    destroy() {
      this.isDestroyed = true;
    },
  };
}

const standingClock: Clock = {
  now: () => unixMillis(0),
  monotonic: () => millis(0),
  after: () => ({ cancel: () => {} }),
  sleep: () => Promise.resolve(),
};

const failure = (number: number): ServerFailure => ({
  kind: 'server-error',
  phase: 'connect',
  number,
  sqlState: '08004',
  text: `Error ${number}`,
});

function connections(opens: () => ServerWire | ServerFailure, lendable: FakeWire | null = wire('probe')) {
  const given: string[] = [];
  const commanding = new CommandConnections({
    clock: standingClock,
    open: async () => {
      const opened = opens();
      return 'text' in opened ? { kind: 'failed', failure: opened } : { kind: 'connected', connection: opened };
    },
    takesSettings: () => true,
    borrow: async () => (lendable === null ? null : { connection: lendable, giveBack: () => given.push('back') }),
  });
  return { commanding, given, lendable };
}

it('keeps one for the next command', async () => {
  let opened = 0;
  const { commanding } = connections(() => wire(`own ${++opened}`));
  const first = await commanding.acquire(1);
  if (first.kind === 'failed') throw new Error('not opened');
  commanding.release(first.connection);
  expect(await commanding.acquire(1)).toMatchObject({ connection: first.connection });
  expect(await commanding.acquire(1)).toMatchObject({ connection: { name: 'own 2' } });
});

it.each([1040, 1203, 1226])(
  'borrows the probe’s connection where nobody new is let in (%i), and gives it back',
  async (number) => {
    const { commanding, given, lendable } = connections(() => failure(number));
    const acquired = await commanding.acquire(1);
    expect(acquired).toMatchObject({ kind: 'connected', connection: { name: 'probe' } });
    if (acquired.kind === 'failed') return;
    expect(given).toEqual([]);
    commanding.release(acquired.connection);
    expect(given).toEqual(['back']);
    expect(lendable?.isDestroyed).toBe(false);
  },
);

it('tells the failure where there is nothing to borrow, or the server says anything else', async () => {
  expect(await connections(() => failure(1040), null).commanding.acquire(1)).toMatchObject({
    failure: { number: 1040 },
  });
  const { commanding, given } = connections(() => failure(1045));
  expect(await commanding.acquire(1)).toMatchObject({ kind: 'failed', failure: { number: 1045 } });
  expect(given).toEqual([]);
});

it('ends what it has when it is closed', async () => {
  const own = wire('own');
  const { commanding } = connections(() => own);
  await commanding.acquire(1);
  commanding.close();
  expect(own.isDestroyed).toBe(true);
});
