import { afterEach, describe, expect, it } from 'vitest';
import { unixMillis } from '../../model/brand.ts';
import { ok, type ReprovisionStatus, refused } from '../../service/calls.ts';
import { buildApp } from '../app.ts';
import { fakeCalls, settingsWith } from '../testing/fake-calls.ts';

let app: Awaited<ReturnType<typeof buildApp>> | undefined;
afterEach(() => app?.close());

const key = { hostname: '127.0.0.1', port: 10113 };

const STATUS: ReprovisionStatus = {
  key,
  record: {
    key,
    donor: { hostname: '127.0.0.1', port: 10112 },
    primary: { hostname: '127.0.0.1', port: 10111 },
    method: 'clone',
    discarded: 'u:1-2',
    formerClone: '',
    delaySeconds: 0,
    superReadOnly: true,
    phase: 'begun',
    node: { hostname: 'orc1', token: 'secret-token' },
    at: unixMillis(1_790_000_000_000),
  },
  progress: 'FILE COPY, 43 % (31.7 MB of 73.6 MB)',
  clone: {
    state: 'running',
    donor: '127.0.0.1:10112',
    beganAt: '2026-09-21 13:33:20.000',
    errorNumber: 0,
    errorText: '',
    stages: [
      { name: 'DROP DATA', state: 'completed', estimatedBytes: 0, copiedBytes: 0 },
      { name: 'FILE COPY', state: 'in-progress', estimatedBytes: 73_600_000, copiedBytes: 31_700_000 },
    ],
  },
  untold: '',
};

async function get(url: string, status: ReprovisionStatus | null = STATUS) {
  const reprovisionStatus = async () =>
    status === null ? refused('not-found', 'Instance not found: x:1') : ok(status);
  app = await buildApp({ calls: fakeCalls({ reprovisionStatus }), settings: settingsWith({ URLPrefix: '/orc' }) });
  return app.inject({ method: 'GET', url: `/orc/api/v2/instances/${url}` });
}

describe('how far a server is that is provisioned anew', () => {
  it('is told with stage, percent and bytes, and with what was begun', async () => {
    const answer = await get('127.0.0.1/10113/reprovision');
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({
      server: key,
      begun: { donor: { port: 10112 }, primary: { port: 10111 }, method: 'clone', phase: 'begun', discarded: 'u:1-2' },
      progress: 'FILE COPY, 43 % (31.7 MB of 73.6 MB)',
      clone: {
        state: 'running',
        stage: 'FILE COPY',
        percent: 43,
        copiedBytes: 31_700_000,
        estimatedBytes: 73_600_000,
        error: null,
      },
      untold: null,
    });
    expect(answer.body).not.toContain('secret-token');
  });

  it('is told to people', async () => {
    const { body } = await get('127.0.0.1/10113/reprovision?format=text');
    expect(body).toContain('127.0.0.1:10113: is being provisioned from 127.0.0.1:10112 by the CLONE plugin');
    expect(body).toContain('ordered to be lost: u:1-2');
    expect(body).toContain('FILE COPY: in-progress, 31.7 MB of 73.6 MB');
  });

  it('is told with the error of a clone that has failed, and why nothing is told', async () => {
    const { clone } = STATUS;
    if (clone === null) throw new Error('there is one');
    const failed = { ...clone, state: 'failed', errorNumber: 3862, errorText: 'Connect failed' } as const;
    const answer = await get('127.0.0.1/10113/reprovision', { ...STATUS, record: null, progress: null, clone: failed });
    expect(answer.json()).toMatchObject({ begun: null, clone: { error: { number: 3862, message: 'Connect failed' } } });
    await app?.close();
    const away = await get('127.0.0.1/10113/reprovision?format=text', { ...STATUS, clone: null, untold: 'refused' });
    expect(away.body).toContain('The server does not tell: refused');
  });

  it.each([
    ['127.0.0.1/10113/reprovision?format=xml', 400],
    ['x/1/reprovision', 404],
  ])('%s: %d', async (url, status) => {
    expect((await get(url, null)).statusCode).toBe(status);
  });
});
