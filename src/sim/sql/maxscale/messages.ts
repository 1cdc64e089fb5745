/** What MaxScale's binlog router says to what it does not understand. */

import { NOT_UNDERSTOOD } from '../../server/binlog-router-words.ts';
import type { LogPlace } from '../../server/log-place.ts';
import { sqlError } from '../errors.ts';
import type { SqlError } from '../sql-refusal.ts';

export const syntaxError = (): SqlError => sqlError(1064, '42000', NOT_UNDERSTOOD);

/** It receives, and is told another source (its sources, 2.4: in words of its own, under the number of MariaDB). */
export const mustStopFirst = (): SqlError =>
  sqlError(1198, 'HY000', 'This operation cannot be performed with a running slave; run STOP SLAVE first');

/** It was told a place that is neither where it stands nor the beginning of the next file. */
export const notItsPlace = (told: LogPlace, end: LogPlace): SqlError =>
  sqlError(
    1234,
    '42000',
    `Can not set MASTER_LOG_FILE to ${told.file}, MASTER_LOG_POS to ${told.position}. Current master_log_file=${end.file}, master_log_pos=${end.position}`,
  );
