/** What MaxScale's binlog router says to what it does not understand. */
import { NOT_UNDERSTOOD } from '../../server/binlog-router-words.ts';
import { sqlError } from '../errors.ts';
import type { SqlError } from '../sql-refusal.ts';

export const syntaxError = (): SqlError => sqlError(1064, '42000', NOT_UNDERSTOOD);

/** It receives, and is told another source (its sources, 2.4: in words of its own, under the number of MariaDB). */
export const mustStopFirst = (): SqlError =>
  sqlError(1198, 'HY000', 'This operation cannot be performed with a running slave; run STOP SLAVE first');
