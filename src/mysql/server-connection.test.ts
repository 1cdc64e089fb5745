import { expect, it } from 'vitest';
import { dialServer } from './server-connection.ts';

it.each([
  ['127.0.0.1', 99_999_999, 'dial tcp: address 99999999: invalid port'],
  ['\0', 3306, 'dial tcp: lookup \0: no such host'],
])('%j:%i cannot be dialled, and that is an answer: nothing is thrown', async (hostname, port, text) => {
  const result = await dialServer({
    key: { hostname, port },
    credentials: { user: 'u', password: 'p' },
    connectTimeoutMillis: 1_000,
  });
  expect(result).toMatchObject({ kind: 'failed', failure: { phase: 'connect', text } });
});
