/**
 * Tables beyond the contract. Prefix `orc_`, times in milliseconds (spec/backend-schema.md 2 and weak point 2).
 */
import { i64, s, s8, text8, u32 } from './column.ts';
import { table } from './table.ts';

/** What a recovery was about to do and what came of it, line by line. */
export const orcRecoveryJournal = table(
  'orc_recovery_journal',
  {
    uid: s(128).req,
    sequence: u32.req,
    step_id: s8(255).req,
    phase: s(16).req,
    at_millis: i64.req,
    detail: text8.req,
  },
  ['uid', 'sequence'],
);
