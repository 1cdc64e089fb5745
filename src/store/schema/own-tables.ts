/**
 * Tables beyond the contract. Prefix `orc_`, times in milliseconds (spec/backend-schema.md 2 and weak point 2).
 */
import { bool, i64, port, s, s8, text8, u32 } from './column.ts';
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

/** Since when transactions are errant on a server: ranges of one originator, none of a server overlapping. */
export const orcErrantGtid = table(
  'orc_errant_gtid',
  {
    hostname: s(128).req,
    port: port.req,
    originator_uuid: s(64).req,
    /** Empty for transactions without tag. */
    tag: s(32).req,
    first_number: i64.req,
    last_number: i64.req,
    first_seen_millis: i64.req,
  },
  ['hostname', 'port', 'originator_uuid', 'tag', 'first_number'],
);

/** Servers that an operation makes stand still, as they were found: what is left by a process that died has to be started again. */
export const orcStandingStill = table(
  'orc_standing_still',
  {
    hostname: s(128).req,
    port: port.req,
    receiver_ran: bool.req,
    applier_ran: bool.req,
    reason: text8.req,
    processing_node_hostname: s(128).req,
    processing_node_token: s(128).req,
    at_millis: i64.req,
  },
  ['hostname', 'port'],
);

/** Servers that are being provisioned anew: whoever comes after a process that died goes on instead of beginning again. */
export const orcReprovision = table(
  'orc_reprovision',
  {
    hostname: s(128).req,
    port: port.req,
    donor_hostname: s(128).req,
    donor_port: port.req,
    primary_hostname: s(128).req,
    primary_port: port.req,
    method: s(16).req,
    /** GTIDs, or positions. */
    discarded: text8.req,
    former_clone: s(64).req,
    delay_seconds: u32.req,
    super_read_only: bool.req,
    phase: s(16).req,
    processing_node_hostname: s(128).req,
    processing_node_token: s(128).req,
    at_millis: i64.req,
  },
  ['hostname', 'port'],
);
