import { describe, expect, it } from 'vitest';
import { credentialsIn } from './replication-credentials.ts';

describe('O17: the account of a replica, as a query tells it', () => {
  it('O17: user and password, by their place and not by their name', () => {
    expect(credentialsIn([{ u: 'repl', p: 'secret' }])).toMatchObject({ user: 'repl', password: 'secret' });
  });

  it('O17: with the files that go with it, as many as the query has', () => {
    expect(credentialsIn([{ u: 'repl', p: 'secret', ca: '/ca.pem', cert: '/cert.pem', key: '/key.pem' }])).toEqual({
      user: 'repl',
      password: 'secret',
      caFile: '/ca.pem',
      certificate: '/cert.pem',
      key: '/key.pem',
    });
    expect(credentialsIn([{ u: 'repl', p: 'secret', ca: '/ca.pem' }])).toMatchObject({ caFile: '/ca.pem', key: '' });
  });

  it('O17: of several rows the first; without a user there, none', () => {
    expect(credentialsIn([{ u: 'one', p: '' }, { u: 'two' }])).toMatchObject({ user: 'one' });
    expect(credentialsIn([{ u: null, p: 'secret' }])).toBeNull();
    expect(credentialsIn([])).toBeNull();
  });
});
