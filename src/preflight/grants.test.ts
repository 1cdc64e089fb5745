import { describe, expect, it } from 'vitest';
import type { Grant, NeededPrivilege, PrivilegeUse } from '../model/server-settings.ts';
import { missingPrivileges } from './grants.ts';
import { aCluster, GOOD_SETTINGS, grant, onlyFinding, PRIMARY } from './testing.ts';

const need = (name: string, on = '*.*', use: PrivilegeUse['use'] = 'read'): NeededPrivilege => ({
  name,
  on,
  neededBy: [{ statement: `to ${name}`, use }],
});
const missing = (needed: NeededPrivilege, ...grants: readonly Grant[]): boolean =>
  missingPrivileges([needed], grants).length > 0;

describe('a privilege', () => {
  it.each<[string, NeededPrivilege, Grant]>([
    ['itself', need('RELOAD'), grant('*.*', 'PROCESS', 'RELOAD')],
    ['everything', need('RELOAD'), grant('*.*', 'ALL PRIVILEGES')],
    ['its old name', need('BINLOG MONITOR'), grant('*.*', 'REPLICATION CLIENT')],
    ['SUPER', need('SYSTEM_VARIABLES_ADMIN'), grant('*.*', 'SUPER')],
    ['SUPER, which also monitors', need('REPLICATION CLIENT'), grant('*.*', 'SUPER')],
    ['the same on everything', need('SELECT', 'performance_schema.threads'), grant('*.*', 'SELECT')],
    ['the same on the schema', need('SELECT', 'performance_schema.threads'), grant('performance_schema.*', 'SELECT')],
    ['the same on the table', need('SELECT', 'mysql.slave_master_info'), grant('mysql.slave_master_info', 'SELECT')],
  ])('is given by %s', (_story, needed, given) => {
    expect(missing(needed, given)).toBe(false);
  });

  it.each<[string, NeededPrivilege, Grant]>([
    ['none at all', need('RELOAD'), grant('*.*', 'USAGE')],
    ['the same on a schema', need('SELECT'), grant('mysql.*', 'SELECT')],
    ['the same on another table', need('SELECT', 'mysql.slave_master_info'), grant('mysql.user', 'SELECT')],
    ['SUPER, which does not read', need('RELOAD'), grant('*.*', 'SUPER')],
  ])('is not given by %s', (_story, needed, given) => {
    expect(missing(needed, given)).toBe(true);
  });
});

describe('missing grants', () => {
  const withNeeds = (...needed: readonly NeededPrivilege[]) => {
    const account = { user: 'orc', host: '10.%', grants: [grant('*.*', 'PROCESS')] };
    return onlyFinding(
      aCluster(2, {
        [PRIMARY]: { read: { kind: 'read', settings: { ...GOOD_SETTINGS, account }, needed, refused: [] } },
      }),
    );
  };

  it('of something that changes are grave, and name what is refused', () => {
    expect(withNeeds(need('PROCESS'), need('RELOAD', '*.*', 'change'), need('SELECT', 'mysql.x'))).toMatchObject({
      code: 'grants-missing',
      severity: 'grave',
      seen: 'our account orc@10.% is not granted RELOAD, SELECT on mysql.x',
      consequence: 'A recovery that comes to this server is refused midway: to RELOAD.',
      remedies: [
        {
          kind: 'grant',
          privileges: [
            { name: 'RELOAD', on: '*.*' },
            { name: 'SELECT', on: 'mysql.x' },
          ],
        },
      ],
    });
  });

  it('of reads are a warning', () => {
    expect(withNeeds(need('RELOAD')).severity).toBe('warning');
  });

  it('of what a recovery can do without are a warning too', () => {
    const found = withNeeds(need('SYSTEM_USER', '*.*', 'help'), need('RELOAD'));
    expect(found.severity).toBe('warning');
    expect(found.consequence).toContain('a minute longer, for want of to SYSTEM_USER');
  });
});
