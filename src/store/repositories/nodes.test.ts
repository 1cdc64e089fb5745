import { describe, expect, it } from 'vitest';
import type { StoreBackend } from '../backend.ts';
import { backendAt, newBackend, node, noon } from '../temporary-backend.ts';

const register = (backend: StoreBackend, token: string, atSeconds: number) =>
  backend.registerNode({
    identity: node(token),
    lastSeenActive: noon(atSeconds),
    extraInfo: 'HttpMode',
    command: '',
    appVersion: '1.0.0',
    dbBackend: backend.name,
  });

describe('living processes', () => {
  it('register, and renew without losing when they came', async () => {
    const { backend, byHand } = await newBackend();
    await register(backend, 't1', 0);
    await register(backend, 't1', 3);
    expect(await backend.availableNodes(noon(2))).toEqual([
      {
        identity: node('t1'),
        firstSeenActive: noon(-0.5),
        lastSeenActive: noon(2.5),
        extraInfo: 'HttpMode',
        command: '',
        appVersion: '1.0.0',
        dbBackend: backend.name,
      },
    ]);
    expect(byHand.prepare('select incrementing_indicator as i from node_health').get()).toEqual({ i: 1 });
    expect(byHand.prepare('select count(*) as n from node_health_history').get()).toEqual({ n: 1 });
  });

  it('not seen for long are not available, and are deleted', async () => {
    const { backend } = await newBackend();
    await register(backend, 't1', 0);
    await register(backend, 't2', 10);
    expect((await backend.availableNodes(noon(8))).map((row) => row.identity.token)).toEqual(['t2']);
    await backend.deleteNodesUnseenSince(noon(5));
    expect((await backend.availableNodes(noon(0))).map((row) => row.identity.token)).toEqual(['t2']);
  });

  it('remove themselves when they end', async () => {
    const { backend } = await newBackend();
    await register(backend, 't1', 0);
    await backend.removeNode(node('t1'));
    expect(await backend.availableNodes(noon(-5))).toEqual([]);
  });

  it('that cannot write are told so', async () => {
    const { backend, byHand } = await newBackend();
    byHand.exec("create trigger refuse before insert on node_health begin select raise(abort, 'no'); end");
    await expect(register(backend, 't1', 0)).rejects.toMatchObject({ code: 'ERR_SQLITE_ERROR' });
  });
});

describe('election', () => {
  const attempt = (backend: StoreBackend, token: string, atSeconds: number) =>
    backend.attemptElection(node(token), noon(atSeconds), noon(atSeconds - 5));

  it('on a new backend is won at once', async () => {
    const { backend } = await newBackend();
    expect(await backend.activeNode()).toBeNull();
    expect(await attempt(backend, 't1', 0)).toBe(true);
    expect(await backend.activeNode()).toMatchObject({ identity: node('t1'), firstSeenActive: noon(-0.5) });
  });

  it('is lost while the active node renews, and won five seconds after it stopped', async () => {
    const { backend, file } = await newBackend();
    const other = await backendAt(file);
    expect(await attempt(backend, 't1', 0)).toBe(true);
    expect(await attempt(other, 't2', 3)).toBe(false);
    expect(await attempt(backend, 't1', 4)).toBe(true);
    expect(await attempt(other, 't2', 9)).toBe(false);
    expect(await attempt(other, 't2', 10)).toBe(true);
    expect(await attempt(backend, 't1', 10)).toBe(false);
  });

  it('is won by nobody on behalf of a predecessor of the same host', async () => {
    const { backend } = await newBackend();
    await attempt(backend, 't1', 0);
    expect(await attempt(backend, 'restarted', 1)).toBe(false);
  });

  it('twice within a second does not flap', async () => {
    const { backend } = await newBackend();
    expect(await attempt(backend, 't1', 0)).toBe(true);
    expect(await attempt(backend, 't1', 0)).toBe(true);
  });

  it('can be grabbed', async () => {
    const { backend } = await newBackend();
    await attempt(backend, 't1', 0);
    await backend.grabElection(node('t2'), noon(1));
    expect(await attempt(backend, 't1', 2)).toBe(false);
    expect(await attempt(backend, 't2', 2)).toBe(true);
  });

  it('goes on where somebody deleted the row', async () => {
    const { backend, byHand } = await newBackend();
    byHand.exec('delete from active_node');
    expect(await attempt(backend, 't1', 0)).toBe(true);
  });
});
