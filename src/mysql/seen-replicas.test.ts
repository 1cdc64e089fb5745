import { describe, expect, it } from 'vitest';
import { dumpingReplicas, registeredReplicas } from './seen-replicas.ts';

describe('replicas as their source sees them', () => {
  it('registered ones have host and port, others are left out', () => {
    const rows = [
      { Host: 'db2', Port: 3306, User: 'repl' },
      { Host: '', Port: 3306 },
      { Host: 'db3', Port: 0 },
    ];
    expect(registeredReplicas(rows)).toEqual([{ host: 'db2', port: 3306, user: 'repl' }]);
    expect(registeredReplicas(undefined)).toEqual([]);
  });

  it.each([
    ['10.0.0.2:51234', '10.0.0.2'],
    ['db2', 'db2'],
    ['db2:51234', 'db2'],
    ['fe80::1:51234', 'fe80::1'],
    ['localhost', 'localhost'],
  ])('a connection from %s comes from %s, on a port that says nothing', (host, expected) => {
    expect(dumpingReplicas([{ host, user: 'repl' }])).toEqual([{ host: expected, port: null, user: 'repl' }]);
  });

  it('a connection without a host is left out', () => {
    expect(dumpingReplicas([{ host: null, user: 'repl' }])).toEqual([]);
  });
});
