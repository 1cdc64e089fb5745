/** What MaxScale's binlog router says to what it does not understand. */
import { NOT_UNDERSTOOD } from '../../server/binlog-router-words.ts';
import { sqlError } from '../errors.ts';
import type { SqlError } from '../sql-refusal.ts';

export const syntaxError = (): SqlError => sqlError(1064, '42000', NOT_UNDERSTOOD);
