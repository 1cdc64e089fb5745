/** File and position: what binary and relay logs show, where replicas begin, stop and wait, and what is passed over. */
import {
  ask,
  hasReadAll,
  receives,
  remember,
  type Script,
  type Step,
  status,
  until,
  untilStatus,
} from '../support/script.ts';

const insert = (n: number) => ask('primary/app', `INSERT INTO demo.numbers VALUES (${n})`);
const rows = ask('replica/app', 'SELECT n FROM demo.numbers ORDER BY n');
const stopBoth = ask('replica', 'STOP {replica}');
const startBoth = ask('replica', 'START {replica}');

const SOURCE = {
  mysql:
    "{S}_HOST = '{primary.host}', {S}_PORT = {primary.port}, {S}_USER = 'repl', {S}_PASSWORD = 'repl_pw', GET_SOURCE_PUBLIC_KEY = 1",
  mariadb: "{S}_HOST = '{primary.host}', {S}_PORT = {primary.port}, {S}_USER = 'repl', {S}_PASSWORD = 'repl_pw'",
};

/** With what leaves GTIDs, where there are any. */
const begin = (options = ''): Step =>
  ask('replica', {
    mysql: `{change} ${SOURCE.mysql}${options}, SOURCE_AUTO_POSITION = 0`,
    mariadb: `{change} ${SOURCE.mariadb}${options}, MASTER_USE_GTID = no`,
  });

const at = (name: string, more = '') => `, {S}_LOG_FILE = '{file:${name}}', {S}_LOG_POS = {pos:${name}${more}}`;
const goTo = (name: string, more = ''): Step => ask('replica', `{change} ${at(name, more).slice(2)}`);

const hasApplied = (name: string): Step => untilStatus('replica', 'Exec_Source_Log_Pos', `{pos:${name}}`);
const hasReceived = (name: string): Step => untilStatus('replica', 'Read_Source_Log_Pos', `{pos:${name}}`);

const PLACES = [
  ...['Replica_IO_Running', 'Replica_SQL_Running', 'Until_Condition', 'Using_Gtid', 'Auto_Position', 'SQL_Delay'],
  ...['Source_Log_File', 'Relay_Source_Log_File', 'Retrieved_Gtid_Set', 'Executed_Gtid_Set'],
  ...['Last_IO_Errno', 'Last_IO_Error', 'Last_SQL_Errno'],
] as const;
const places = status('replica', ...PLACES);

/** The replica replicates from the beginning of the primary's log. */
const REPLICATES: readonly Step[] = [
  begin(),
  startBoth,
  remember('primary', 'begin'),
  receives('replica'),
  hasApplied('begin'),
];

const refusedAt = (where: readonly [file: string, position: string], columns: readonly string[]): readonly Step[] => [
  stopBoth,
  ask('replica', `{change} {S}_LOG_FILE = '${where[0]}', {S}_LOG_POS = ${where[1]}`),
  ask('replica', 'START {replica} IO_THREAD'),
  untilStatus('replica', 'Last_IO_Errno', { mysql: '13114', mariadb: '1236' }),
  untilStatus('replica', 'Replica_IO_Running', 'No'),
  status('replica', ...columns),
];

const WAIT = { mysql: 'SOURCE_POS_WAIT', mariadb: 'MASTER_POS_WAIT' };
const waitFor = (args: string): Step =>
  ask('replica', {
    mysql: `SELECT ${WAIT.mysql}(${args}) AS waited`,
    mariadb: `SELECT ${WAIT.mariadb}(${args}) AS waited`,
  });

const SKIP = {
  mysql: 'SET GLOBAL sql_replica_skip_counter = 1',
  mariadb: 'SET GLOBAL sql_slave_skip_counter = 1',
};
const MARKER = 'drop view if exists `_pseudo_gtid_`.`_asc:65f2a0b1:00000001:0123456789abcdef`';

const EVENTS = (role: 'primary' | 'replica', file: string): Step => ask(role, `SHOW BINLOG EVENTS IN '${file}'`);

function scriptsOf(mode: 'with' | 'without'): readonly Script[] {
  const of = (script: Script): Script => ({
    ...script,
    replicas: 0,
    name: `${script.name}, ${mode} GTIDs`,
    ...(mode === 'without' ? { gtidMode: 'OFF', family: 'mysql' } : {}),
  });
  return [
    of({
      name: 'events of what is written',
      steps: [
        ...REPLICATES,
        insert(1),
        ask('primary/app', 'INSERT INTO demo.numbers VALUES (2),(3)'),
        ask('primary/root', MARKER),
        ask('primary/root', 'FLUSH BINARY LOGS'),
        insert(4),
        remember('primary', 'end'),
        // Not by place: a MariaDB may write one more checkpoint of its engine behind it, whenever that is there.
        until('replica/app', 'SELECT MAX(n) AS n FROM demo.numbers', 'n', '4'),
        hasReadAll('replica'),
        EVENTS('primary', 'binlog.000001'),
        EVENTS('primary', 'binlog.000002'),
        ask('primary', "SHOW BINLOG EVENTS IN 'binlog.000001' FROM 4 LIMIT 2"),
        ask('primary', "SHOW BINLOG EVENTS IN 'binlog.000001' FROM 4 LIMIT 2,3"),
        ask('primary', "SHOW BINLOG EVENTS IN 'binlog.000002' FROM {pos:end} LIMIT 3"),
        ask('primary', "SHOW BINLOG EVENTS IN 'binlog.000002' FROM 99999 LIMIT 3"),
        ask('primary', "SHOW BINLOG EVENTS IN 'binlog.000077' FROM 4 LIMIT 3"),
        ask('primary', "SHOW BINLOG EVENTS IN '' FROM 4 LIMIT 3"),
        EVENTS('replica', 'binlog.000001'),
        ask('primary', "SHOW RELAYLOG EVENTS IN 'relaylog.000001' FROM 4 LIMIT 3"),
        ask('replica', "SHOW RELAYLOG EVENTS IN 'nothing.000001' FROM 4 LIMIT 3"),
        // A file that began with a connection, and what came by it.
        stopBoth,
        startBoth,
        receives('replica'),
        insert(5),
        insert(6),
        remember('primary', 'end'),
        hasApplied('end'),
        hasReadAll('replica'),
        remember('replica', 'relay', 'relay'),
        ask('replica', "SHOW RELAYLOG EVENTS IN '{file:relay}'"),
        ask('replica', "SHOW RELAYLOG EVENTS IN '{file:relay}' FROM 4 LIMIT 2, 2"),
        ask('primary', "SELECT COMMAND FROM information_schema.processlist WHERE USER = 'repl'"),
        places,
      ],
    }),
    of({
      name: 'a replica begins where it is told',
      steps: [
        ...REPLICATES,
        stopBoth,
        insert(1),
        remember('primary', 'here'),
        insert(2),
        remember('primary', 'end'),
        goTo('here'),
        places,
        startBoth,
        hasApplied('end'),
        hasReadAll('replica'),
        rows,
        places,
        stopBoth,
        ask('replica', "{change} {S}_HOST = '{primary.host}'"),
        status('replica', 'Source_Log_File', 'Read_Source_Log_Pos', 'Relay_Source_Log_File'),
      ],
    }),
    of({
      name: 'a replica is refused places that are none',
      steps: [
        ...REPLICATES,
        insert(1),
        remember('primary', 'here'),
        insert(2),
        remember('primary', 'end'),
        hasApplied('end'),
        ...refusedAt(['{file:end}', '{pos:end+999}'], PLACES),
        ...refusedAt(['binlog.000077', '4'], PLACES),
        // What it says then depends on the bytes that happen to be there.
        ...refusedAt(
          ['{file:here}', '{pos:here+10}'],
          PLACES.filter((name) => name !== 'Last_IO_Error'),
        ),
      ],
    }),
    of({
      name: 'a replica that is sent a row twice',
      steps: [
        ...REPLICATES,
        remember('primary', 'here'),
        insert(1),
        remember('primary', 'end'),
        hasApplied('end'),
        stopBoth,
        goTo('here'),
        startBoth,
        hasReceived('end'),
        ...(mode === 'with' ? [] : [untilStatus('replica', 'Last_SQL_Errno', '1062')]),
        rows,
      ],
    }),
    of({
      name: 'a replica replicates until a place',
      steps: [
        ...REPLICATES,
        stopBoth,
        insert(1),
        remember('primary', 'here'),
        insert(2),
        remember('primary', 'end'),
        ask('replica', "START {replica} UNTIL {S}_LOG_FILE = '{file:here}', {S}_LOG_POS = {pos:here}"),
        hasReceived('end'),
        untilStatus('replica', 'Replica_SQL_Running', 'No'),
        rows,
        places,
        ask('replica', "START {replica} UNTIL {S}_LOG_FILE = '{file:here}', {S}_LOG_POS = {pos:here}"),
        untilStatus('replica', 'Replica_SQL_Running', 'No'),
        rows,
        ask('replica', 'START {replica} UNTIL {S}_LOG_POS = 4'),
        ask('replica', 'START {replica} SQL_THREAD'),
        hasApplied('end'),
        rows,
        places,
      ],
    }),
    of({
      name: 'a replica replicates until the middle of a transaction',
      steps: [
        ...REPLICATES,
        stopBoth,
        remember('primary', 'begin'),
        insert(1),
        remember('primary', 'here'),
        insert(2),
        ask('replica', "START {replica} UNTIL {S}_LOG_FILE = '{file:begin}', {S}_LOG_POS = {pos:begin+20}"),
        hasApplied('here'),
        untilStatus('replica', 'Replica_SQL_Running', 'No'),
        rows,
      ],
    }),
    of({
      name: 'a replica replicates until the end of the log',
      steps: [
        ...REPLICATES,
        stopBoth,
        insert(1),
        remember('primary', 'here'),
        ask('replica', "START {replica} UNTIL {S}_LOG_FILE = '{file:here}', {S}_LOG_POS = {pos:here}"),
        hasApplied('here'),
        rows,
        untilStatus('replica', 'Replica_SQL_Running', { mysql: 'No', mariadb: 'Yes' }),
        places,
        insert(2),
        untilStatus('replica', 'Replica_SQL_Running', 'No'),
        rows,
      ],
    }),
    of({
      name: 'waiting for a place',
      steps: [
        ...REPLICATES,
        remember('primary', 'here'),
        waitFor("'{file:here}', {pos:here}, 1"),
        waitFor("'{file:here}', 4"),
        waitFor("'{file:here}', {pos:here+9}, 1"),
        waitFor("'binlog.000077', 4, 1"),
        waitFor("'nothing', 4, 1"),
        ask('primary', { mysql: "SELECT SOURCE_POS_WAIT('{file:here}', 4, 1) AS waited", mariadb: null }),
        ask('replica', 'STOP {replica} SQL_THREAD'),
        waitFor("'{file:here}', {pos:here}, 1"),
        ask('replica', { mysql: "SELECT SOURCE_POS_WAIT('{file:here}', 4, -1) AS waited", mariadb: null }),
      ],
    }),
    of({
      name: 'passing over',
      steps: [
        ...REPLICATES,
        ask('replica', { mysql: null, mariadb: SKIP.mariadb }),
        stopBoth,
        ask('replica', SKIP),
        insert(1),
        insert(2),
        remember('primary', 'end'),
        startBoth,
        hasApplied('end'),
        rows,
      ],
    }),
    of({
      name: 'the delay and the account change alone',
      steps: [
        ...REPLICATES,
        ask('replica', 'STOP {replica} SQL_THREAD'),
        insert(1),
        remember('primary', 'end'),
        hasReceived('end'),
        ask('replica', '{change} {S}_DELAY = 1'),
        stopBoth,
        ask('replica', '{change} {S}_DELAY = 1'),
        ask('replica', "{change} {S}_USER = 'repl', {S}_PASSWORD = 'repl_pw'"),
        ask('replica', { mysql: '{change} GET_SOURCE_PUBLIC_KEY = 1', mariadb: null }),
        places,
        startBoth,
        hasApplied('end'),
        rows,
        places,
      ],
    }),
  ];
}

const FILES: Script = {
  name: 'files of the binary log',
  replicas: 0,
  steps: [
    ask('primary', 'SHOW BINARY LOGS'),
    ask('primary', 'FLUSH BINARY LOGS'),
    insert(1),
    ask('primary', 'FLUSH BINARY LOGS'),
    ask('primary', 'SHOW BINARY LOGS'),
    ask('primary', { mysql: 'SELECT @@global.gtid_purged AS purged', mariadb: null }),
    ask('primary', "PURGE BINARY LOGS TO 'binlog.000002'"),
    ask('primary', 'SHOW BINARY LOGS'),
    ask('primary', { mysql: 'SELECT @@global.gtid_purged AS purged', mariadb: null }),
    ask('primary', "PURGE BINARY LOGS TO 'binlog.000077'"),
    ask('primary', "PURGE BINARY LOGS TO ''"),
    ask('primary', { mysql: 'RESET BINARY LOGS AND GTIDS', mariadb: 'RESET MASTER' }),
    ask('primary', 'SHOW BINARY LOGS'),
    ask('primary', {
      mysql: 'SELECT @@global.gtid_executed AS executed, @@global.gtid_purged AS purged',
      mariadb: 'SELECT @@global.gtid_binlog_pos AS executed, @@global.gtid_slave_pos AS replicated',
    }),
    ask('primary/app', 'SELECT n FROM demo.numbers'),
    insert(2),
    ask('primary/nobody', 'SHOW BINARY LOGS'),
    ask('primary/app', 'SHOW BINARY LOGS'),
    ask('primary/app', "PURGE BINARY LOGS TO 'binlog.000001'"),
    ask('primary/app', 'FLUSH BINARY LOGS'),
    ask('primary/app', "SHOW BINLOG EVENTS IN 'binlog.000001'"),
    ask('primary/app', "SHOW RELAYLOG EVENTS IN 'relaylog.000001'"),
  ],
};

const PURGED: Script = {
  name: 'a replica lacks what its source has purged',
  // MariaDB keeps the file before for a while, for the recovery of its engine: nobody can say when it goes.
  family: 'mysql',
  steps: [
    stopBoth,
    insert(1),
    // Whoever still reads a file keeps it from being purged; a source notices that its replica has gone when it has something to send.
    until('primary', "SELECT COUNT(*) AS there FROM information_schema.processlist WHERE USER = 'repl'", 'there', '0'),
    ask('primary', 'FLUSH BINARY LOGS'),
    ask('primary', "PURGE BINARY LOGS TO 'binlog.000002'"),
    startBoth,
    untilStatus('replica', 'Last_IO_Errno', { mysql: '13114', mariadb: '1236' }),
    untilStatus('replica', 'Replica_IO_Running', 'No'),
    status('replica', 'Replica_IO_Running', 'Last_IO_Errno', 'Last_IO_Error'),
  ],
};

const OTHER = '00000000-0000-0000-0000-0000000000aa';
const EXECUTED = 'SELECT @@global.gtid_executed AS executed, @@global.gtid_purged AS purged';

const EMPTY: Script = {
  name: 'empty transactions by their GTIDs',
  family: 'mysql',
  steps: [
    // A tag takes a privilege of its own, which orchestrator's account need not have.
    ...(['primary:5', 'primary/root:some_tag:7', 'primary:5'] as const).flatMap((text) => {
      const session = text.startsWith('primary/root') ? 'primary/root' : 'primary';
      const gtid = text.slice(session.length + 1);
      return [ask(session, `SET GTID_NEXT = '${OTHER}:${gtid}'`), ask(session, 'BEGIN'), ask(session, 'COMMIT')];
    }),
    ask('primary/root', `SET GTID_NEXT = '${OTHER}:9'`),
    ask('primary/root', 'BEGIN'),
    ask('primary/root', `SET GTID_NEXT = '${OTHER}:10'`),
    ask('primary/root', 'COMMIT'),
    ask('primary/root', MARKER),
    ask('primary/root', "SET GTID_NEXT = 'AUTOMATIC'"),
    ask('primary', "SET GTID_NEXT = 'AUTOMATIC'"),
    ask('primary', "SET GTID_NEXT = 'nonsense'"),
    ask('primary', EXECUTED),
    until('replica', EXECUTED, 'executed', `${OTHER}:5:9:some_tag:7,{gtid:primary:1}`),
    EVENTS('primary', 'binlog.000001'),
    EVENTS('replica', 'binlog.000001'),
    // A replica takes them although it is read-only.
    ask('replica', `SET GTID_NEXT = '${OTHER}:20'`),
    ask('replica', 'BEGIN'),
    ask('replica', 'COMMIT'),
    ask('replica', "SET GTID_NEXT = 'AUTOMATIC'"),
    ask('replica', EXECUTED),
  ],
};

const NO_GTIDS: Script = {
  name: 'what needs GTIDs, without them',
  family: 'mysql',
  gtidMode: 'OFF',
  replicas: 0,
  steps: [
    ask('primary', `SET GTID_NEXT = '${OTHER}:5'`),
    ask('primary/root', `SET GTID_NEXT = '${OTHER}:some_tag:5'`),
    ask('replica', '{change} SOURCE_AUTO_POSITION = 1'),
    ask('replica', 'SELECT @@global.gtid_mode AS mode'),
    ask('primary', EXECUTED),
  ],
};

const COUNTED: Script = {
  name: 'what counts as executed',
  family: 'mysql',
  replicas: 0,
  steps: [
    ...[`${OTHER}:1-3`, `${OTHER}:1-2`, `+${OTHER}:7-8`, `+${OTHER}:8-9`, `${OTHER}:1-9`, 'nonsense', ''].map((value) =>
      ask('other', `SET GLOBAL gtid_purged = '${value}'`),
    ),
    ask('other', EXECUTED),
    ask('primary', "SET GLOBAL gtid_purged = '{gtid:primary:1-2}'"),
    ask('primary', 'RESET BINARY LOGS AND GTIDS'),
    ask('primary', `SET GLOBAL gtid_purged = '${OTHER}:1-3'`),
    insert(1),
    ask('primary', EXECUTED),
    ask('primary', 'SHOW BINARY LOGS'),
    EVENTS('primary', 'binlog.000001'),
  ],
};

const FLAGS: Script = {
  name: 'which of two plugins lets a replica acknowledge',
  steps: [
    ask(
      'replica',
      "SHOW GLOBAL VARIABLES WHERE Variable_name IN ('rpl_semi_sync_replica_enabled', 'rpl_semi_sync_slave_enabled')",
    ),
  ],
};

const CHANNELS: Script = {
  name: 'what is said to the only channel, and to one that is not there',
  family: 'mysql',
  steps: [
    ask('replica', "STOP REPLICA SQL_THREAD FOR CHANNEL ''"),
    ask('replica', "START REPLICA FOR CHANNEL ''"),
    ask('replica', "STOP REPLICA FOR CHANNEL 'other'"),
    ask('replica', "START REPLICA FOR CHANNEL 'other'"),
    ask('replica', "RESET REPLICA FOR CHANNEL 'other'"),
    ask('replica', "SHOW RELAYLOG EVENTS IN 'relaylog.000001' FROM 4 LIMIT 0,3 FOR CHANNEL 'other'"),
    status('replica', 'Replica_IO_Running', 'Replica_SQL_Running'),
  ],
};

const ALL_CONNECTIONS: Script = {
  name: 'all connections are stopped',
  family: 'mariadb',
  steps: [ask('replica', 'STOP ALL SLAVES'), status('replica', 'Replica_IO_Running', 'Replica_SQL_Running')],
};

const GUARDED: Script = {
  name: 'a question that fails, and what was sent behind it',
  replicas: 0,
  steps: [
    ask('primary', 'SELECT EXP(710 * 0) AS valid'),
    ask('primary', 'SELECT EXP(NULL) AS valid'),
    ask('primary', 'SELECT EXP(710) AS valid'),
    ask('primary', 'SELECT UNIX_TIMESTAMP() AS now'),
    ...['99999999999', '1'].flatMap((until) =>
      (['primary', 'replica'] as const).map((role) =>
        ask(
          role,
          `SELECT EXP(710 * (UNIX_TIMESTAMP() >= ${until} OR CONCAT(@@global.read_only) NOT IN ('0', 'OFF'))) AS valid`,
        ),
      ),
    ),
  ],
};

const AUTO_POSITION: Script = {
  name: 'a place for a replica that goes by GTID',
  steps: [stopBoth, remember('primary', 'here'), goTo('here'), status('replica', 'Using_Gtid', 'Auto_Position')],
};

export const PLACE_SCRIPTS: readonly Script[] = [
  FILES,
  PURGED,
  EMPTY,
  NO_GTIDS,
  COUNTED,
  AUTO_POSITION,
  CHANNELS,
  FLAGS,
  ALL_CONNECTIONS,
  GUARDED,
  ...scriptsOf('with'),
  ...scriptsOf('without'),
];
