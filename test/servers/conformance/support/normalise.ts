/** What must differ between two fleets, taken out of what a step came to. */
import { hostname } from 'node:os';
import type { ServerFamily } from '../../../../src/sandbox/server-releases.ts';
import { ROLES } from './script.ts';
import type { Outcome, Stage, Value } from './stage.ts';

/** Whose values are times, sizes, and places in files: only whether there is one matters. */
const INCOMPARABLE = new RegExp(
  [
    '^(?:Relay_|Relay_Source_|Relay_Master_|Source_|Master_)Log_File$|^File$|Relay_Log_File$',
    'Log_Pos$|^Position$|^Pos$|^File_size$|^Relay_Log_Space$|_Timestamp$|^Skip_Counter$',
    '^(?:Executed_log_entries|Slave_\\w*_Groups|Retried_transactions|Slave_received_heartbeats|heartbeats|heartbeatAt|queuedAt|second|micros|now)$',
    '^(?:Seconds_Behind_\\w+|ID|TIME|Time_ms|uptime|seconds)$',
  ].join('|'),
  'i',
);

/** What a step came to, as lines to read and to compare. */
export function told(outcome: Outcome, stage: Stage, columns: readonly string[] | null): readonly string[] {
  switch (outcome.kind) {
    case 'ok':
      return ['ok'];
    case 'lost':
      return ['the connection is lost'];
    case 'error':
      return [`${outcome.number} (${outcome.sqlState}): ${normalText(outcome.message, stage)}`];
    case 'rows':
      return toldRows(outcome, stage, columns);
  }
}

function toldRows(
  outcome: Extract<Outcome, { kind: 'rows' }>,
  stage: Stage,
  wanted: readonly string[] | null,
): readonly string[] {
  const shown = wanted === null ? null : new Set(wanted.map((name) => familyColumn(name, stage.family)));
  if (outcome.rows.length === 0) return [`no rows: ${outcome.columns.join(', ')}`];
  const types = outcome.columns.indexOf('Event_type');
  // MariaDB writes them when its engine has got so far, sooner or later.
  const rows = outcome.rows
    .filter((row) => row[types] !== 'Binlog_checkpoint')
    .map((row) => {
      const isUptime = row.some((value) => /^uptime$/i.test(String(value)));
      return outcome.columns.flatMap((name, index) => {
        if (shown !== null && !shown.has(name)) return [];
        const value = row[index] ?? null;
        if (isUptime && /^value$/i.test(name)) return [`${name}: some ${typeof value}`];
        return [`${name}: ${toldValue(name, value, stage)}`];
      });
    });
  // No statement here asks for an order of which a server would not be free.
  return rows.toSorted((one, other) => (one.join() < other.join() ? -1 : 1)).flat();
}

/** The type of a value is compared too: programs read `1` and `'1'` differently. */
function toldValue(name: string, value: Value, stage: Stage): string {
  if (value === null) return 'NULL';
  if (INCOMPARABLE.test(name)) return value === '' ? "''" : `some ${typeof value}`;
  return typeof value === 'number' ? normalText(String(value), stage) : `'${normalText(value, stage)}'`;
}

const hasReadAll = ({ family }: Stage): string =>
  `${family === 'mysql' ? 'Replica' : 'Slave'} has read all relay log; waiting for more updates`;

/** A column of a status, from its name in MySQL's words. */
export function familyColumn(name: string, family: ServerFamily): string {
  if (family === 'mysql') return name;
  return name.replace('Source_UUID', 'Master_UUID').replace('Replica_', 'Slave_').replace('Source', 'Master');
}

/** Addresses and identities by the roles of their servers; texts of many lines on one. */
export function normalText(text: string, stage: Stage): string {
  let normal = text.replaceAll('\n', ' ').replaceAll('127.0.0.2', '127.0.0.1');
  for (const role of ROLES) {
    const { port, uuid } = stage.identity(role);
    // A sandbox server's id is its port.
    normal = normal.replaceAll(uuid, `<${role}>`).replaceAll(new RegExp(`\\b${port}\\b`, 'g'), `<${role}>`);
  }
  return (
    normal
      // Receiver and applier pass through these with every heartbeat and every new file.
      .replace(
        /^Waiting for (?:the next event in relay log|replica workers to process their queues)$/,
        hasReadAll(stage),
      )
      .replace(/^Queueing (source|master) event to the relay log$/, 'Waiting for $1 to send event')
      .replaceAll(new RegExp(`'${hostname()}'|^${hostname()}$`, 'g'), '127.0.0.1')
      .replace(/(127\.0\.0\.1|localhost):\d+/g, '$1:<port>')
      .replace(/(thread(?: id:)?) \d+/g, '$1 <id>')
      .replace(/(end_log_pos|attempt) \d+/g, '$1 <number>')
      .replace(/connection \d+ to/g, 'connection <id> to')
      .replace(/(xid=|table_id: |;pos=|pos:|file size:|\bat |byte read from '[^']*' at )\d+/g, '$1<number>')
      .replace(/(out of range in ')exp\(.*\)'/, "$1<expression>'")
      .replace(/(binlog|relaylog)\.\d+/g, '<$1>')
  );
}
