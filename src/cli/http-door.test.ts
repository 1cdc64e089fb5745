import { afterEach, describe, expect, it } from 'vitest';
import { loadConfiguration } from '../config/load.ts';
import type { Settings } from '../config/settings.ts';
import { type HttpDoor, openHttpDoor } from './http-door.ts';
import { createLog } from './log.ts';
import { fakeCalls } from './testing/fake-calls.ts';

const log = createLog({ write: () => undefined, now: () => new Date() });
const opened: HttpDoor[] = [];

afterEach(async () => {
  for (const door of opened.splice(0)) await door.close();
});

function settingsOf(config: object): Settings {
  const readFile = () => ({ kind: 'read', bytes: new TextEncoder().encode(JSON.stringify(config)) }) as const;
  const loading = loadConfiguration({ configFile: '/orc.json', env: {}, readFile });
  if (loading.kind === 'refused') throw new Error(loading.message);
  return loading.settings;
}

async function open(config: object, listenAddressGiven: boolean) {
  const settings = settingsOf(config);
  const { calls } = fakeCalls({ calls: { settings: () => settings } });
  const result = await openHttpDoor({ calls, settings, log, listenAddressGiven });
  if (result.kind === 'ok') opened.push(result.door);
  return result;
}

async function openDoor(config: object, listenAddressGiven: boolean): Promise<HttpDoor> {
  const result = await open(config, listenAddressGiven);
  if (result.kind === 'refused') throw new Error(result.reason);
  return result.door;
}

describe('the web service', () => {
  it('answers at the address it names', async () => {
    const { address } = await openDoor({ ListenAddress: '127.0.0.1:0' }, true);
    const answer = await fetch(`${address}/api/clusters`);
    expect([answer.status, await answer.json()]).toEqual([200, ['127.0.0.1:10111']]);
  });

  it('serves this machine only when nobody chose an address or a password', async () => {
    const door = await openDoor({ ListenAddress: ':0' }, false);
    expect(door.address).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(door.isLoopbackByDefault).toBe(true);
  });

  it('serves whoever has the password when there is one', async () => {
    const door = await openDoor(
      { ListenAddress: ':0', AuthenticationMethod: 'basic', HTTPAuthUser: 'u', HTTPAuthPassword: 'p' },
      false,
    );
    expect(door.isLoopbackByDefault).toBe(false);
    expect((await fetch(`${door.address}/api/clusters`)).status).toBe(401);
  });

  it('refuses a port in use in one line', async () => {
    const { address } = await openDoor({ ListenAddress: '127.0.0.1:0' }, true);
    const result = await open({ ListenAddress: address.replace('http://', '') }, true);
    expect(result).toMatchObject({
      kind: 'refused',
      reason: expect.stringMatching(/^127\.0\.0\.1:\d+ is in use[^\n]*$/),
    });
  });

  it('hears agents at an address of their own, when it is to', async () => {
    const here = { ListenAddress: '127.0.0.1:0', AgentsServerPort: '127.0.0.1:0' };
    expect((await openDoor(here, true)).agentsAddress).toBeNull();
    const door = await openDoor({ ...here, ServeAgentsHttp: true }, true);
    expect(await (await fetch(`${door.agentsAddress}/api/agent-ping`)).json()).toBe('OK');
    expect((await fetch(`${door.agentsAddress}/api/clusters`)).status).toBe(404);
    await door.close();
    await expect(fetch(`${door.agentsAddress}/api/agent-ping`)).rejects.toThrow();
  });

  it('does not hear agents in the clear who should be heard encrypted', async () => {
    const here = { ListenAddress: '127.0.0.1:0', ServeAgentsHttp: true, AgentsServerPort: '127.0.0.1:0' };
    for (const key of ['AgentsUseSSL', 'AgentsUseMutualTLS']) {
      expect((await openDoor({ ...here, [key]: true }, true)).agentsAddress).toBeNull();
    }
  });

  it('names the key of an address for agents that cannot be', async () => {
    const config = { ListenAddress: '127.0.0.1:0', ServeAgentsHttp: true, AgentsServerPort: 'x' };
    expect(await open(config, true)).toEqual({
      kind: 'refused',
      reason: expect.stringMatching(/^AgentsServerPort "x" is not/),
    });
  });

  it('closes although a stream of events is open', async () => {
    const door = await openDoor({ ListenAddress: '127.0.0.1:0' }, true);
    const stream = await fetch(`${door.address}/api/v2/events`);
    expect(stream.status).toBe(200);
    await door.close();
    opened.splice(0);
    await expect(fetch(`${door.address}/api/clusters`)).rejects.toThrow();
    await stream.body?.cancel().catch(() => undefined);
  });
});
