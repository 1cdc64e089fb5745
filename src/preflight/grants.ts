/** What our own account may not do. */
import type { Grant, NeededPrivilege, OwnAccount, PrivilegeUse } from '../model/server-settings.ts';
import type { CheckedCluster, CheckedServer } from './cluster.ts';
import { type Finding, finding } from './finding.ts';

/** Old and new names of the same. */
const SYNONYMS: Readonly<Record<string, string>> = {
  'REPLICATION CLIENT': 'BINLOG MONITOR',
  'REPLICA MONITOR': 'SLAVE MONITOR',
  'REPLICATION REPLICA ADMIN': 'REPLICATION SLAVE ADMIN',
  'REPLICATION REPLICA': 'REPLICATION SLAVE',
};

/** What SUPER still includes (seen on 9.7 and 10.11). */
const SUPER_INCLUDES = [
  'SYSTEM_VARIABLES_ADMIN',
  'REPLICATION_SLAVE_ADMIN',
  'CONNECTION_ADMIN',
  'REPLICATION SLAVE ADMIN',
  'BINLOG MONITOR',
  'SLAVE MONITOR',
];

export function grantFindings(cluster: CheckedCluster): readonly Finding[] {
  return cluster.servers.flatMap((server) => {
    const { read } = server;
    if (read.kind !== 'read' || read.settings.account === null) return [];
    const missing = missingPrivileges(read.needed, read.settings.account.grants);
    return missing.length === 0 ? [] : [missingFinding(server, read.settings.account, missing)];
  });
}

/** Those of the needed privileges that no grant gives. Partial revokes are not looked into. */
export function missingPrivileges(
  needed: readonly NeededPrivilege[],
  grants: readonly Grant[],
): readonly NeededPrivilege[] {
  return needed.filter(({ name, on }) => !grants.some((grant) => covers(grant.on, on) && includes(grant, name)));
}

function covers(granted: string, wanted: string): boolean {
  if (granted === '*.*' || granted === wanted) return true;
  const [schema = ''] = wanted.split('.');
  return granted === `${schema}.*`;
}

function includes(grant: Grant, name: string): boolean {
  const names = grant.privileges.map(canonical);
  if (names.includes('ALL PRIVILEGES') || names.includes(canonical(name))) return true;
  return names.includes('SUPER') && SUPER_INCLUDES.includes(canonical(name));
}

const canonical = (name: string): string => SYNONYMS[name] ?? name;

function missingFinding(server: CheckedServer, account: OwnAccount, missing: readonly NeededPrivilege[]): Finding {
  const names = missing.map(({ name, on }) => (on === '*.*' ? name : `${name} on ${on}`)).join(', ');
  const needing = (use: PrivilegeUse['use']) => [
    ...new Set(
      missing.flatMap(({ neededBy }) => neededBy.filter((one) => one.use === use).map(({ statement }) => statement)),
    ),
  ];
  const [changes, helps, reads] = [needing('change'), needing('help'), needing('read')];
  const consequence =
    changes.length > 0
      ? `A recovery that comes to this server is refused midway: ${changes.join(', ')}.`
      : helps.length > 0
        ? `A recovery that comes to this server may take a minute longer, for want of ${helps.join(', ')}.`
        : `A part of what this server knows stays unseen: ${reads.join(', ')}.`;
  return finding(
    {
      code: 'grants-missing',
      severity: changes.length > 0 ? 'grave' : 'warning',
      server: server.instance.key,
      seen: `our account ${account.user}@${account.host} is not granted ${names}`,
      consequence,
    },
    { kind: 'grant', privileges: missing.map(({ name, on }) => ({ name, on })), to: account },
  );
}
