// The errors that the door itself answers, with the numbers and SQL states of a real server. All others are the pretended server's own.

import type { SqlOutcome } from '../../sim/sql-session.ts';

export type SqlError = Extract<SqlOutcome, { kind: 'error' }>;

const error = (number: number, sqlState: string, message: string): SqlError => ({
  kind: 'error',
  number,
  sqlState,
  message,
});

export const badHandshake = error(1043, '08S01', 'Bad handshake');
export const emptyQuery = error(1065, '42000', 'Query was empty');
export const packetTooLarge = error(1153, '08S01', "Got a packet bigger than 'max_allowed_packet' bytes");
export const packetsOutOfOrder = error(1156, '08S01', 'Got packets out of order');

export function accessDenied(user: string, host: string, withPassword: boolean): SqlError {
  const using = withPassword ? 'YES' : 'NO';
  return error(1045, '28000', `Access denied for user '${user}'@'${host}' (using password: ${using})`);
}

export function unknownCommand(code: number | undefined): SqlError {
  const which = code === undefined ? 'an empty packet' : `0x${code.toString(16).padStart(2, '0')}`;
  return error(1047, '08S01', `Unknown command: ${which}. This server knows the text protocol only`);
}
