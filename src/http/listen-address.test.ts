import { describe, expect, it } from 'vitest';
import { listenAddress } from './listen-address.ts';

describe('listenAddress', () => {
  it.each([
    [':3000', true, '::', 3000],
    [':3000', false, '127.0.0.1', 3000],
    ['0.0.0.0:80', false, '0.0.0.0', 80],
    ['db-admin.example.com:3000', true, 'db-admin.example.com', 3000],
    ['[::1]:3000', true, '::1', 3000],
    ['127.0.0.1:0', true, '127.0.0.1', 0],
  ])('reads %j (guarded: %j)', (text, guarded, host, port) => {
    expect(listenAddress(text, guarded)).toEqual({ kind: 'ok', host, port });
  });

  it.each(['', '3000', 'host', '::1:3000', ':70000', ':-1', 'host:http', '[::1'])('refuses %j in one line', (text) => {
    const result = listenAddress(text, true);
    expect(result).toMatchObject({ kind: 'refused' });
    expect(result.kind === 'refused' && result.reason).not.toContain('\n');
  });
});
