import { describe, expect, it } from 'vitest';
import { classifyFailure, lostFailure, timeoutFailure } from './classify-failure.ts';

const ADDRESS = 'db1:3306';

// Texts that clients of the contract match on: spec/http-api.md 4.1.
describe('failures are told apart by their codes', () => {
  it.each([
    ['ENOTFOUND', 'unresolvable', 'dial tcp: lookup db1: no such host'],
    ['EAI_AGAIN', 'unresolvable', 'dial tcp: lookup db1: no such host'],
    ['ERR_INVALID_ARG_VALUE', 'unresolvable', 'dial tcp: lookup db1: no such host'],
    ['ERR_SOCKET_BAD_PORT', 'network', 'dial tcp: address 3306: invalid port'],
    ['ECONNREFUSED', 'refused', 'dial tcp db1:3306: connect: connection refused'],
    ['ETIMEDOUT', 'timeout', 'dial tcp db1:3306: i/o timeout'],
    ['ECONNRESET', 'lost', 'driver: bad connection'],
    ['EPIPE', 'lost', 'driver: bad connection'],
    ['PROTOCOL_CONNECTION_LOST', 'lost', 'driver: bad connection'],
    ['EHOSTUNREACH', 'network', 'dial tcp db1:3306: connect EHOSTUNREACH'],
  ])('%s is %s', (code, kind, text) => {
    const failure = classifyFailure({ code, message: `connect ${code}` }, 'connect', ADDRESS);
    expect(failure).toMatchObject({ kind, phase: 'connect', text });
  });

  it('an error of the server has its number and state', () => {
    const error = { code: 'ER_ACCESS_DENIED_ERROR', errno: 1045, sqlState: '#28000', sqlMessage: 'Access denied' };
    const failure = classifyFailure(error, 'connect', ADDRESS);
    expect(failure).toEqual({
      kind: 'server-error',
      phase: 'connect',
      number: 1045,
      sqlState: '28000',
      text: 'Error 1045 (28000): Access denied',
    });
  });

  it('the message decides nothing', () => {
    const failure = classifyFailure({ code: 'ECONNREFUSED', message: 'i/o timeout' }, 'connect', ADDRESS);
    expect(failure.kind).toBe('refused');
  });

  it('whatever else is thrown is told as it is', () => {
    expect(classifyFailure('odd', 'answer', ADDRESS)).toEqual({
      kind: 'network',
      phase: 'answer',
      code: '',
      text: 'odd',
    });
    expect(classifyFailure({}, 'answer', ADDRESS)).toMatchObject({ kind: 'network', code: '' });
    expect(classifyFailure(null, 'answer', ADDRESS)).toMatchObject({ kind: 'network', text: 'null' });
  });

  it('an IPv6 host is named whole', () => {
    expect(classifyFailure({ code: 'ENOTFOUND' }, 'connect', '[::1]:3306').text).toBe(
      'dial tcp: lookup [::1]: no such host',
    );
  });

  it('deadlines say in which phase they passed', () => {
    expect(timeoutFailure('connect', ADDRESS).text).toBe('dial tcp db1:3306: i/o timeout');
    expect(timeoutFailure('answer', ADDRESS).text).toBe('read tcp db1:3306: i/o timeout');
    expect(lostFailure('answer')).toEqual({ kind: 'lost', phase: 'answer', text: 'driver: bad connection' });
  });
});
