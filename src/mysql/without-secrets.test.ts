import { describe, expect, it } from 'vitest';
import { NO_REPLICATION_TLS } from '../model/blank-instance.ts';
import type { ServerCommand } from '../model/server-command.ts';
import type { ServerFailure } from '../model/server-failure.ts';
import { aReplacement, follow } from './testing.ts';
import { withoutSecrets } from './without-secrets.ts';

const credentials = { user: 'repl', password: "it's-Pl4nted" };
const told: readonly ServerCommand[] = [
  follow({ credentials }),
  { kind: 'change-credentials', options: { credentials, allowTls: false, tls: NO_REPLICATION_TLS } },
  { kind: 'clone', replaceable: aReplacement(), donor: { hostname: 'db2', port: 3306 }, credentials },
];

const said = (number: number, words: string): ServerFailure => ({
  kind: 'server-error',
  phase: 'answer',
  number,
  sqlState: '42000',
  text: `Error ${number} (42000): ${words}`,
});

describe.each(told)('what a server says of $kind with a password', (command) => {
  it.each([
    [1064, "syntax error near '-Pl4nted', MASTER_SSL = 1'"],
    [1470, "String 'it's-Pl4nted' is too long"],
    [1470, "String 'it''s-Pl4' is too long"],
    [1231, "cannot be set to it's-P"],
  ])('error %d: keeps its number and loses its words: %s', (number, words) => {
    expect(withoutSecrets(said(number, words), command)).toEqual({
      ...said(number, 'its words are left out, for they may quote a password'),
    });
  });

  it('keeps its words where they quote nothing', () => {
    const failure = said(3021, 'This operation cannot be performed with a running replica');
    expect(withoutSecrets(failure, command)).toBe(failure);
  });
});

it('of a command without a password every word is kept', () => {
  const failure = said(1064, "syntax error near 'CHANNEL'");
  for (const command of [follow(), { kind: 'stop-replication' } as const]) {
    expect(withoutSecrets(failure, command)).toBe(failure);
  }
});
