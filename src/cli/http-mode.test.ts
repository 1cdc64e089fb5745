import { describe, expect, it } from 'vitest';
import type { NodeOptions } from '../service/compose-node.ts';
import type { StopSignal, Surroundings } from './surroundings.ts';
import { fakeCalls } from './testing/fake-calls.ts';
import { PretendSignals, type PretendWorld, run } from './testing/run-in-world.ts';

/** A world in which everything opens; `made` says in which order. Signals are sent as soon as the service works. */
function servingWorld(signals: readonly StopSignal[], changes: Partial<Surroundings> = {}, isLoopbackByDefault = true) {
  const made: string[] = [];
  const pretend = new PretendSignals();
  const surroundings: Partial<Surroundings> = {
    onSignal: pretend.onSignal,
    exit: (status) => void made.push(`exit ${status}`),
    openNode: async ({ mode, discovery, command }) => {
      made.push(`open ${mode}, discovery ${discovery}, command '${command}'`);
      const start = async (): Promise<void> => {
        made.push('start');
        for (const signal of signals) pretend.send(signal);
      };
      return { kind: 'ok', node: { calls: fakeCalls().calls, start, stop: async () => void made.push('stop') } };
    },
    openHttpDoor: async ({ listenAddressGiven }) => {
      made.push(`listen, address given: ${listenAddressGiven}`);
      const close = async (): Promise<void> => void made.push('close');
      return {
        kind: 'ok',
        door: { address: 'http://127.0.0.1:3000', isLoopbackByDefault, agentsAddress: null, close },
      };
    },
    ...changes,
  };
  const world: PretendWorld = { surroundings };
  return { world, made };
}

const NO_SWITCHES = { noop: false, skipBinlogSearch: false, skipUnresolve: false, skipUnresolveCheck: false };

describe('orchestrator http', () => {
  it('listens before it begins to act, and ends in the reverse order when told to', async () => {
    const { world, made } = servingWorld(['SIGTERM']);
    const { status, out } = await run(['http'], world);
    expect([status, out]).toEqual([0, '']);
    expect(made).toEqual([
      "open service, discovery true, command ''",
      'listen, address given: false',
      'start',
      'close',
      'stop',
    ]);
  });

  it('says where it listens, and that only this machine is served when nobody chose', async () => {
    const { world } = servingWorld(['SIGINT']);
    const { err } = await run(['http'], world);
    expect(err).toBe(
      'DATE TIME NOTICE listening on http://127.0.0.1:3000, for this machine only: neither ListenAddress nor AuthenticationMethod is configured\n' +
        'DATE TIME NOTICE stopping, as told by SIGINT\n',
    );
  });

  it('tells the door that somebody chose the address, and then says nothing of it', async () => {
    const { world, made } = servingWorld(['SIGTERM'], {}, false);
    const { err } = await run(['http'], { ...world, config: { ListenAddress: ':3000' } });
    expect(made).toContain('listen, address given: true');
    expect(err).toContain('NOTICE listening on http://127.0.0.1:3000\n');
  });

  it('shows the warnings of the configuration, unless --quiet', async () => {
    const config = { Frobnicate: 1 };
    expect((await run(['http'], { ...servingWorld(['SIGTERM']).world, config })).err).toContain('WARNING Frobnicate');
    expect((await run(['--quiet', 'http'], { ...servingWorld(['SIGTERM']).world, config })).err).toBe('');
  });

  it('passes --discovery=false on', async () => {
    const { world, made } = servingWorld(['SIGTERM']);
    await run(['--discovery=false', 'http'], world);
    expect(made[0]).toBe("open service, discovery false, command ''");
  });

  it.each([
    ['--noop', { noop: true }],
    ['--skip-binlog-search', { skipBinlogSearch: true }],
    ['--skip-unresolve', { skipUnresolve: true }],
    ['--skip-unresolve-check', { skipUnresolveCheck: true }],
  ])('%s reaches the service, and nothing else does', async (flag, wanted) => {
    const { world } = servingWorld(['SIGTERM']);
    const { openNode } = world.surroundings ?? {};
    const opened: NodeOptions[] = [];
    const surroundings: Partial<Surroundings> = {
      ...world.surroundings,
      openNode: async (options) => {
        opened.push(options);
        return openNode?.(options) ?? { kind: 'refused', message: 'the world has no node' };
      },
    };
    await run([flag, 'http'], { ...world, surroundings });
    expect(opened).toMatchObject([{ ...NO_SWITCHES, ...wanted }]);
  });

  it('a second signal does not wait', async () => {
    const { world, made } = servingWorld(['SIGTERM', 'SIGINT']);
    await run(['http'], world);
    expect(made).toContain('exit 130');
  });

  it('SIGHUP is a warning, and the service goes on', async () => {
    const { world, made } = servingWorld(['SIGHUP', 'SIGTERM']);
    const { status, err } = await run(['http'], world);
    expect(err.match(/WARNING SIGHUP/g)).toHaveLength(1);
    expect([status, made.includes('exit 129')]).toEqual([0, false]);
  });

  it('a port in use is one fatal line; nothing was started, and the backend is closed', async () => {
    const openHttpDoor = async () =>
      ({ kind: 'refused', reason: '127.0.0.1:3000 is in use by another program' }) as const;
    const { world, made } = servingWorld(['SIGTERM'], { openHttpDoor });
    const { status, err } = await run(['http'], world);
    expect([status, err]).toEqual([1, 'DATE TIME FATAL 127.0.0.1:3000 is in use by another program\n']);
    expect(made).toEqual(["open service, discovery true, command ''", 'stop']);
  });

  it('a backend that cannot be opened is one fatal line', async () => {
    const openNode = async () => ({ kind: 'refused', message: 'the folder /srv is read-only' }) as const;
    const { world, made } = servingWorld(['SIGTERM'], { openNode });
    const { status, err } = await run(['http'], world);
    expect([status, err, made]).toEqual([1, 'DATE TIME FATAL the folder /srv is read-only\n', []]);
  });
});
