import { describe, expect, it } from 'vitest';
import { BackendError, describeFailure } from './errors.ts';

const place = { address: 'db:3306', user: 'orc', database: 'state', isSecured: false };
const serverError = (errno: number, message = 'as the server\nputs it') => Object.assign(new Error(message), { errno });
const withCode = (code: string, message = 'as the system puts it') => Object.assign(new Error(message), { code });

describe('why a server cannot serve as backend', () => {
  it.each([
    [
      serverError(1045),
      'denies access to account "orc": check MySQLOrchestratorUser and MySQLOrchestratorPassword, or whether it demands TLS',
    ],
    [serverError(1044), 'denies account "orc" access to database "state"'],
    [serverError(1142), 'does not grant account "orc" what it needs on database "state": as the server'],
    [serverError(1040), 'takes no more connections'],
    [serverError(1130), 'lets nobody in from this host'],
    [serverError(3159), 'demands TLS: set MySQLOrchestratorUseMutualTLS'],
    [serverError(1290), 'is read-only'],
    [serverError(1836), 'is read-only'],
    [serverError(4711), 'answers with error 4711: as the server'],
    [withCode('ECONNREFUSED'), 'cannot be reached: nobody listens there (ECONNREFUSED)'],
    [withCode('ENOTFOUND'), 'cannot be reached: its name is not known'],
    [withCode('PROTOCOL_CONNECTION_LOST'), 'cannot be reached: it cuts the connection'],
    [new BackendError('TIMEOUT', 'late'), 'cannot be reached: it does not answer in time'],
    [withCode('HANDSHAKE_NO_SSL_SUPPORT'), 'knows no TLS, and MySQLOrchestratorUseMutualTLS is set'],
    [withCode('DEPTH_ZERO_SELF_SIGNED_CERT'), 'cannot be talked to: as the system puts it'],
  ])('%s is one line', (error, reason) => {
    const line = describeFailure(error, place);
    expect(line).toContain(`backend db:3306 ${reason}`);
    expect(line).not.toContain('\n');
  });

  it('is not told of slips in our own code', () => {
    expect(describeFailure(new TypeError('undefined is not a function'), place)).toBeNull();
    expect(describeFailure('text', place)).toBeNull();
  });
});
