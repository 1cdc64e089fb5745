/** The document of every statement that we can send to a server, and of the grants that these need. */
import { parseServerVersion } from '../src/model/server-version.ts';
import type { Dialect, StatementFact } from '../src/mysql/dialect.ts';
import { dialectForVersion } from '../src/mysql/dialect-for-version.ts';
import { minimalGrants, privilegesText } from '../src/mysql/privileges.ts';

const families: readonly { readonly title: string; readonly dialect: Dialect }[] = [
  { title: 'MySQL 8.4 and 9.x, Percona Server of these', dialect: dialectOf('9.7.0') },
  { title: 'MySQL 8.3, Percona Server of this', dialect: dialectOf('8.3.0') },
  { title: 'MySQL 8.2, Percona Server of this', dialect: dialectOf('8.2.0') },
  { title: 'MySQL 8.0.26 to 8.1, Percona Server of these', dialect: dialectOf('8.1.0') },
  { title: 'MySQL 8.0.23 to 8.0.25, Percona Server of these', dialect: dialectOf('8.0.25') },
  { title: 'MySQL 8.0.22, Percona Server of this', dialect: dialectOf('8.0.22') },
  { title: 'MySQL 8.0 up to 8.0.21, Percona Server of these', dialect: dialectOf('8.0.21') },
  { title: 'MySQL 5.7, Percona Server of this', dialect: dialectOf('5.7.44') },
  { title: 'MySQL 5.6, Percona Server of this', dialect: dialectOf('5.6.51') },
  { title: 'MariaDB 10.5 and later', dialect: dialectOf('10.5.0-MariaDB') },
  { title: 'MaxScale as a binlog server', dialect: dialectOf('2.5.0-maxscale') },
];

function dialectOf(version: string): Dialect {
  const dialect = dialectForVersion(parseServerVersion(version));
  if (dialect === null) throw new Error(`no dialect for ${version}`);
  return dialect;
}

const introduction = `# Statements we send to your servers

Written by \`script/generate\` from \`src/mysql/*/statements.ts\`; \`script/check\` fails when it is out of date.

This is everything: nothing else is ever sent to a server that is watched, except the queries that you configure
(\`Detect…Query\`, \`ReplicationLagQuery\`, \`ReplicationCredentialsQuery\`), which need their own grants. \`…\` stands for values.
The statements that read are one packet a poll; those for the preflight are one more packet, when somebody asks for it. What the account may not do costs only the facts that the statement brings; without
the version, the variables and the replication status a server cannot be watched.

Where a server replicates by a channel with a name, statements about replication name it: \`FOR CHANNEL '…'\`, in MariaDB \`SLAVE '…'\` and \`MASTER '…'\`.
What changes something is sent by recoveries ("yes"), by those whose configuration asks for it ("where configured"), or only by operations that somebody orders ("operations").

Each section is for the newest release of its title: leave out what an older one does not know (the privilege \`SYSTEM_USER\` is from 8.0.16).
`;

const grantsIntroduction = `## Minimal grants

One account, the same on every server (\`MySQLTopologyUser\`, \`MySQLTopologyPassword\`). To watch without ever changing anything, leave
out what only the statements marked "yes", "where configured" or "operations" need; but without \`CONNECTION_ADMIN\` a server in offline mode cannot be read, and a member of a replication
group goes there when the others shut it out.
`;

/** The account of the examples: people put their own name, host and password in. */
const ACCOUNT = "'orchestrator'@'%'";

export function statementsDocument(): string {
  const tables = families.map(({ title, dialect }) => `## ${title}\n\n${table(allStatements(dialect))}`);
  // A binlog server knows the accounts of its source and checks no privileges of its own.
  const granting = families.filter(({ dialect }) => dialect.statements.some(({ privileges }) => privileges.length > 0));
  const grants = granting.map(({ title, dialect }) => `### ${title}\n\n${grantsBlock(dialect)}`);
  return [introduction, ...tables, grantsIntroduction, ...grants].join('\n');
}

/** With what is read when somebody asks for a preflight. */
const allStatements = ({ statements, preflight }: Dialect): readonly StatementFact[] => [
  ...statements,
  ...(preflight?.statements ?? []),
];

function table(statements: readonly StatementFact[]): string {
  const rows = statements.map((fact) => {
    const { name, sql, purpose, privileges } = fact;
    const shown = `\`${sql.replaceAll('|', '\\|')}\``;
    return [name, shown, purpose, privilegesText(privileges), changesText(fact)].join(' | ');
  });
  const lines = ['name | statement | purpose | privilege | changes something', '--- | --- | --- | --- | ---', ...rows];
  return `${lines.map((line) => `| ${line} |`).join('\n')}\n`;
}

function changesText({ changes, forOperations, whenConfigured }: StatementFact): string {
  if (!changes) return 'no';
  if (forOperations === true) return 'operations';
  return whenConfigured === true ? 'where configured' : 'yes';
}

function grantsBlock(dialect: Dialect): string {
  const create = `CREATE USER ${ACCOUNT} IDENTIFIED BY '…'`;
  return `\`\`\`sql\n${[create, ...minimalGrants(allStatements(dialect), ACCOUNT)].map((line) => `${line};`).join('\n')}\n\`\`\`\n`;
}
