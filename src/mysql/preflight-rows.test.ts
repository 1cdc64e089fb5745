import { describe, expect, it } from 'vitest';
import { preflight as preflightMariadb } from './mariadb/preflight.ts';
import { preflight as preflightMysql } from './mysql-84/preflight.ts';
import { readGrants, settingsOf } from './preflight-rows.ts';

describe('lines of SHOW GRANTS', () => {
  it('give privileges and targets, and nothing of passwords', () => {
    const lines = [
      "GRANT SUPER, SLAVE MONITOR ON *.* TO `orc`@`%` IDENTIFIED BY PASSWORD '*B69027D44F6E5EDC07F1AEAD1477967B16F28227'",
      'GRANT SELECT ON `performance_schema`.`threads` TO `orc`@`%`',
      'GRANT SELECT (`a`, `b`), UPDATE ON `meta`.`t` TO `orc`@`%`',
    ];
    expect(readGrants(lines)).toEqual([
      { privileges: ['SUPER', 'SLAVE MONITOR'], on: '*.*' },
      { privileges: ['SELECT'], on: 'performance_schema.threads' },
      { privileges: ['UPDATE'], on: 'meta.t' },
    ]);
  });

  it('that name roles, defaults and proxies give none', () => {
    expect(
      readGrants([
        'GRANT `r1`@`%` TO `orc`@`%`',
        'SET DEFAULT ROLE `r1` FOR `orc`@`%`',
        'GRANT `r1`, `r2` TO `orc`@`%`',
      ]),
    ).toEqual([]);
  });
});

describe('settings', () => {
  const withVariables = (variables: Readonly<Record<string, string>>) => {
    const rows = Object.entries(variables).map(([Variable_name, Value]) => ({ Variable_name, Value }));
    return settingsOf(new Map([['settings', rows]]), []);
  };

  it.each([
    [{ log_bin: 'ON', binlog_expire_logs_seconds: '3600' }, 3600],
    [{ log_bin: 'ON', binlog_expire_logs_seconds: '3600', binlog_expire_logs_auto_purge: 'OFF' }, 0],
    [{ log_bin: 'ON', expire_logs_days: '0.5' }, 43_200],
    [{ log_bin: 'ON', expire_logs_days: '0.000000', binlog_expire_logs_seconds: '0' }, 0],
    [{ log_bin: 'OFF', binlog_expire_logs_seconds: '3600' }, null],
    [{ log_bin: 'ON' }, null],
  ])('binary logs of %j are kept for %s s', (variables, seconds) => {
    expect(withVariables(variables).binlogExpirySeconds).toBe(seconds);
  });

  it('that were refused are not known', () => {
    expect(withVariables({ slave_net_timeout: '60', relay_log_recovery: 'OFF' })).toMatchObject({
      netTimeoutSeconds: 60,
      relayLogRecovery: false,
      syncBinlog: null,
      connections: null,
      account: null,
    });
  });

  it('with whom the server takes us for', () => {
    const rows = new Map([
      ['account', [{ account: "o'rc@10.0.%" }]],
      ['grants', [{ 'Grants for orc@10.0.%': 'GRANT RELOAD ON *.* TO `orc`@`10.0.%`' }]],
    ]);
    expect(settingsOf(rows, []).account).toEqual({
      user: "o'rc",
      host: '10.0.%',
      grants: [{ privileges: ['RELOAD'], on: '*.*' }],
    });
  });
});

describe.each([
  ['MariaDB', preflightMariadb],
  ['MySQL', preflightMysql],
] as const)('the preflight of %s', (_, { renderRemedy, statements, sections }) => {
  it('grants what is missing, one statement a target', () => {
    const privileges = [
      { name: 'RELOAD', on: '*.*' },
      { name: 'SELECT', on: 'mysql.x' },
      { name: 'PROCESS', on: '*.*' },
    ];
    const to = { user: "o'rc", host: '%', grants: [] };
    expect(renderRemedy({ kind: 'grant', privileges, to }).statements).toEqual([
      "GRANT PROCESS, RELOAD ON *.* TO 'o''rc'@'%'",
      "GRANT SELECT ON mysql.x TO 'o''rc'@'%'",
    ]);
  });

  it('says where the relay log is thrown away (D4)', () => {
    expect(renderRemedy({ kind: 'follow-by-gtid' }).note).toContain('thrown away');
  });

  it('lists every statement that it sends', () => {
    expect(statements.map(({ sql }) => sql)).toEqual(sections.map(({ sql }) => sql));
  });
});
