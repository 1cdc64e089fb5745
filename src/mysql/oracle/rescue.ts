/**
 * A channel beside the replication of a server, for fetching what another one alone has (D9; MySQL manual 19.2.2, "START REPLICA" and its UNTIL). It applies these GTIDs and no others.
 */
import type { RescueOptions } from '../../model/server-command.ts';
import type { Dialect, RescueStatements, StatementFact } from '../dialect.ts';
import { onServer, selectOn } from '../privileges.ts';
import { RESCUE_CHANNEL } from '../replication-row.ts';
import { integer, literal } from '../sql-text.ts';
import { accountOptions, changeSource, hostOption, securityOptions } from './change-source.ts';
import { forChannel } from './channel-clause.ts';
import { hasAbility } from './releases.ts';
import { changeVerb, type OracleWords } from './words.ts';

const OF = forChannel(RESCUE_CHANNEL);

/** Both ends are there: who is refused once is refused for a reason that a person has to see to. Seconds, and attempts. */
const CONNECT_RETRY_SECONDS = 1;
const RETRY_COUNT = 5;

/** Seconds. */
const WAIT_SECONDS = 1;

const WORKERS_SQL = `SELECT LAST_ERROR_NUMBER AS number, LAST_ERROR_MESSAGE AS text FROM performance_schema.replication_applier_status_by_worker WHERE CHANNEL_NAME = ${literal(RESCUE_CHANNEL)} AND LAST_ERROR_NUMBER <> 0 LIMIT 1`;

export const rescueIn = (words: OracleWords): Pick<Dialect, 'rescue'> =>
  hasAbility(words.release, 'receiverTables') ? { rescue: (options) => statementsFor(words, options) } : {};

function statementsFor(words: OracleWords, options: RescueOptions): RescueStatements {
  const { source, gtid, credentials, allowTls, tls } = options;
  const { replica } = words;
  const change = [
    hostOption(words, source.hostname),
    `${words.source}_PORT = ${integer(source.port)}`,
    `${words.source}_AUTO_POSITION = 1`,
    `${words.source}_CONNECT_RETRY = ${CONNECT_RETRY_SECONDS}`,
    `${words.source}_RETRY_COUNT = ${RETRY_COUNT}`,
    ...accountOptions(words, credentials),
    ...securityOptions(words, allowTls, tls),
  ];
  return {
    begin: [
      changeSource(words, change, RESCUE_CHANNEL),
      `START ${replica} UNTIL SQL_AFTER_GTIDS = ${literal(gtid)}${OF}`,
    ],
    wait: `SELECT WAIT_FOR_EXECUTED_GTID_SET(${literal(gtid)}, ${WAIT_SECONDS}) AS waited`,
    status: `SHOW ${replica} STATUS${OF}`,
    workers: WORKERS_SQL,
    end: [`STOP ${replica}${OF}`, `RESET ${replica} ALL${OF}`],
  };
}

export function rescueFacts(words: OracleWords): readonly StatementFact[] {
  if (!hasAbility(words.release, 'receiverTables')) return [];
  const { replica } = words;
  const privileges = onServer(hasAbility(words.release, 'dynamicPrivileges') ? 'REPLICATION_SLAVE_ADMIN' : 'SUPER');
  return [
    {
      name: 'rescue',
      sql: `${changeVerb(words)} …${OF}; START ${replica} UNTIL SQL_AFTER_GTIDS = …${OF}`,
      purpose: 'rescue-transactions: a primary fetches what a former one alone has',
      privileges,
      changes: true,
    },
    {
      name: 'rescue-status',
      sql: `SELECT WAIT_FOR_EXECUTED_GTID_SET(…, …) AS waited; SHOW ${replica} STATUS${OF}`,
      purpose: 'rescue-transactions: how far it is, and what stands in the way',
      privileges: onServer('REPLICATION CLIENT'),
      changes: false,
    },
    {
      name: 'rescue-workers',
      sql: WORKERS_SQL,
      purpose: 'rescue-transactions: which transaction could not be applied, and why',
      privileges: selectOn('performance_schema.replication_applier_status_by_worker'),
      changes: false,
    },
    {
      name: 'rescue-stop',
      sql: `STOP ${replica}${OF}`,
      purpose: 'rescue-transactions: it has ended, well or not',
      privileges,
      changes: true,
    },
    {
      name: 'rescue-reset',
      sql: `RESET ${replica} ALL${OF}`,
      purpose: 'rescue-transactions: the channel is gone',
      privileges: onServer('RELOAD'),
      changes: true,
    },
  ];
}
