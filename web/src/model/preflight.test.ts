import { describe, expect, it } from 'vitest';
import { readPreflight } from '../api/read-preflight.ts';
import { preflightSentence } from './preflight.ts';

const server = { hostname: 'db1', port: 3306 };
const report = (...severities: readonly string[]) =>
  readPreflight({
    checkedAt: '2026-09-21T14:13:20.000Z',
    servers: [server],
    findings: severities.map((severity) => ({ severity, server, code: 'c', statements: ['SET x = 1'] })),
  });

describe('a preflight', () => {
  it('is one sentence', () => {
    expect(preflightSentence(report())).toBe('1 server checked: ready for an incident.');
    expect(preflightSentence(report('grave', 'warning', 'notice', 'notice'))).toBe(
      '1 server checked: 1 grave, 1 warning, 2 notices.',
    );
  });

  it('is read whatever is missing', () => {
    expect(report('new-word').findings).toEqual([
      {
        code: 'c',
        severity: 'notice',
        server: 'db1:3306',
        seen: '',
        consequence: '',
        statements: ['SET x = 1'],
        optionFile: [],
        notes: [],
      },
    ]);
    expect(readPreflight(null)).toEqual({ serverCount: 0, checkedAt: '', findings: [] });
  });
});
