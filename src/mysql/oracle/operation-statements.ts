/**
 * MySQL from 5.6 on: what operations send that people order (spec/topology-operations.md 3.4 to 3.10), with why and with which privilege. No recovery needs
 * any of it.
 */
import type { Privilege, StatementFact } from '../dialect.ts';
import { onServer } from '../privileges.ts';
import { PSEUDO_GTID_FACT } from '../pseudo-gtid-statement.ts';
import { SEMI_SYNC_REPLICA_STATEMENT } from '../semi-sync-replica.ts';
import { CLONE_STATEMENTS } from './clone.ts';
import { type Ability, hasAbility } from './releases.ts';
import { rescueFacts } from './rescue.ts';
import { changeVerb, type OracleWords } from './words.ts';

export function operationStatementsIn(words: OracleWords): readonly StatementFact[] {
  const list = [
    ...logStatements,
    ...threadStatements(words),
    ...gtidStatements(words),
    ...settingStatements(words),
    PSEUDO_GTID_FACT,
    ...rescueFacts(words),
    ...(hasAbility(words.release, 'clone') ? CLONE_STATEMENTS : []),
  ];
  return list.map((fact): StatementFact => ({ ...fact, forOperations: true }));
}

/** Before 8.0 all of it is SUPER. */
const privilegeIn = (words: OracleWords, ...dynamic: readonly string[]): readonly Privilege[] =>
  onServer(...(hasAbility(words.release, 'dynamicPrivileges') ? dynamic : ['SUPER']));

const logStatements: readonly StatementFact[] = [
  {
    name: 'binary-logs',
    sql: 'SHOW BINARY LOGS',
    purpose: 'which binary logs there are, to search them and to say what may be deleted',
    privileges: onServer('REPLICATION CLIENT'),
    changes: false,
  },
  {
    name: 'binlog-events',
    sql: 'SHOW BINLOG EVENTS IN … FROM … LIMIT …',
    purpose: 'where a transaction or a pseudo-GTID stands in a binary log; a page at a time',
    privileges: onServer('REPLICATION SLAVE'),
    changes: false,
  },
  {
    name: 'relaylog-events',
    sql: 'SHOW RELAYLOG EVENTS IN … FROM … LIMIT …,…',
    purpose: 'the same in a relay log, of a replica that does not write what it replicates to its own',
    privileges: onServer('REPLICATION SLAVE'),
    changes: false,
  },
];

function threadStatements(words: OracleWords): readonly StatementFact[] {
  const { replica, source } = words;
  const has = (ability: Ability): boolean => hasAbility(words.release, ability);
  const privileges = privilegeIn(words, 'REPLICATION_SLAVE_ADMIN');
  const change = (name: string, options: string, purpose: string): StatementFact => {
    return { name, sql: `${changeVerb(words)} ${options}`, purpose, privileges, changes: true };
  };
  return [
    {
      name: 'stop-applier',
      sql: `STOP ${replica} SQL_THREAD`,
      purpose: 'stop where it stands, to change how far it stays behind or to skip a transaction',
      privileges,
      changes: true,
    },
    {
      name: 'start-until',
      sql: `START ${replica} UNTIL ${source}_LOG_FILE = …, ${source}_LOG_POS = …`,
      purpose: 'bring siblings to the same place before one is put below the other',
      privileges,
      changes: true,
    },
    {
      name: 'wait-for-position',
      sql: `SELECT ${has('sourcePositionWait') ? 'SOURCE' : 'MASTER'}_POS_WAIT(…)`,
      purpose: 'wait until a place in its source’s binary log is applied',
      privileges: [],
      changes: false,
    },
    change('set-delay', `${source}_DELAY = …`, 'how far a replica stays behind'),
    change('change-credentials', `${source}_USER = …, ${source}_PASSWORD = …`, 'the account that it replicates with'),
    ...(has('publicKey')
      ? [
          change(
            'get-source-public-key',
            `GET_${source}_PUBLIC_KEY = 1`,
            'log in without TLS with caching_sha2_password',
          ),
        ]
      : []),
    {
      name: 'skip-event',
      sql: `SET GLOBAL sql_${has('sourcePositionWait') ? 'replica' : 'slave'}_skip_counter = 1`,
      purpose: 'pass over what the applier cannot apply, without GTID',
      privileges: privilegeIn(words, 'SYSTEM_VARIABLES_ADMIN'),
      changes: true,
    },
    {
      name: 'set-semi-sync-replica',
      sql: SEMI_SYNC_REPLICA_STATEMENT,
      purpose: 'who acknowledges; a running receiver is stopped and started',
      privileges: privilegeIn(words, 'SYSTEM_VARIABLES_ADMIN', 'REPLICATION_SLAVE_ADMIN'),
      changes: true,
    },
  ];
}

function gtidStatements(words: OracleWords): readonly StatementFact[] {
  const has = (ability: Ability): boolean => hasAbility(words.release, ability);
  const tags = has('taggedGtids') ? ['TRANSACTION_GTID_TAG'] : [];
  return [
    {
      name: 'inject-empty',
      sql: "SET GTID_NEXT = …; BEGIN; COMMIT; SET GTID_NEXT = 'AUTOMATIC'",
      purpose: 'transactions that some servers have count as executed on the others, without their content',
      privileges: onServer(...(has('sessionVariablesAdmin') ? ['SESSION_VARIABLES_ADMIN'] : ['SUPER']), ...tags),
      changes: true,
    },
    {
      name: 'reset-binary-logs',
      sql: has('binaryLogStatus') ? 'RESET BINARY LOGS AND GTIDS' : 'RESET MASTER',
      purpose: 'a replica forgets transactions that nobody else has',
      privileges: onServer('RELOAD'),
      changes: true,
    },
    {
      name: 'set-gtid-purged',
      sql: 'SET GLOBAL gtid_purged = …',
      purpose: 'after the former: what it has executed apart from those',
      privileges: onServer(...(has('dynamicPrivileges') ? ['SYSTEM_VARIABLES_ADMIN'] : ['SUPER']), ...tags),
      changes: true,
    },
  ];
}

const settingStatements = (words: OracleWords): readonly StatementFact[] => [
  {
    name: 'flush-binary-logs',
    sql: 'FLUSH BINARY LOGS',
    purpose: 'begin a new binary log',
    privileges: onServer('RELOAD'),
    changes: true,
  },
  {
    name: 'purge-binary-logs',
    sql: 'PURGE BINARY LOGS TO …',
    purpose: 'delete binary logs that every replica has applied',
    privileges: privilegeIn(words, 'BINLOG_ADMIN'),
    changes: true,
  },
  {
    name: 'kill-query',
    sql: 'KILL QUERY …',
    purpose: 'end a statement that somebody runs',
    privileges: onServer(
      ...(hasAbility(words.release, 'dynamicPrivileges') ? ['CONNECTION_ADMIN'] : ['SUPER']),
      ...(hasAbility(words.release, 'systemUser') ? ['SYSTEM_USER'] : []),
    ),
    changes: true,
  },
];
