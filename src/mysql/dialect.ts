/**
 * What a server family must provide. One folder a dialect, with the same file names in each:
 * `statements.ts` (every statement we may send, listed), `read-probe.ts` (rows to facts), `commands.ts` (commands to statements). Releases of
 * MySQL differ in words mostly: their folders say which, and `oracle` has the sentences.
 */
import { NO_RECEIVER_OPTIONS } from '../model/blank-instance.ts';
import type { Instance } from '../model/instance.ts';
import type { InstanceKey } from '../model/instance-key.ts';
import type { Remedy, RenderedRemedy } from '../model/remedy.ts';
import type { RescueOptions, ServerCommand } from '../model/server-command.ts';
import type { ServerSettings } from '../model/server-settings.ts';
import type { ServerVersion } from '../model/server-version.ts';
import type { Rows } from '../ports/server-wire.ts';

/** As in `GRANT <name> ON <on> TO …`. */
export interface Privilege {
  readonly name: string;
  readonly on: string;
}

/** A statement as the documentation and the list of grants see it (architecture rule 8). */
export interface StatementFact {
  readonly name: string;
  readonly sql: string;
  readonly purpose: string;
  /** The least that allows it; empty: every account may. */
  readonly privileges: readonly Privilege[];
  readonly changes: boolean;
  /** Sent only when people order something: no recovery needs it. */
  readonly forOperations?: true;
  /** Sent by recoveries where the configuration asks for it; without its privilege they come to the same end. */
  readonly whenConfigured?: true;
  /** Its privilege gives far more than the statement: it is left out of the minimal grants, and granted by who wants the operation. */
  readonly grantedApart?: true;
}

/** A replica as its source sees it. `port` null: a connection tells no port (spec/discovery.md 9.8). */
export interface SeenReplica {
  readonly host: string;
  readonly port: number | null;
  readonly user: string;
}

export interface ProbeFacts {
  /** Cluster attributes and check times are blank: they are not the server's to tell. */
  readonly instance: Instance;
  readonly hostname: string;
  readonly reportHost: string;
  readonly reportPort: number;
  readonly registeredReplicas: readonly SeenReplica[];
  readonly dumpingReplicas: readonly SeenReplica[];
  /** The other SQL nodes of an NDB Cluster; absent: it is none. They count as replicas (spec/discovery.md 9.9). */
  readonly sqlNodes?: readonly SeenReplica[];
  /** The account it replicates with; for filters. '' for a server that does not. */
  readonly replicationUser: string;
}

/** A query of the configuration that the probe asks along (`DetectClusterAliasQuery` and its like), by its key. */
export interface ConfiguredQuery {
  readonly name: string;
  readonly sql: string;
}

/** First column of the first row of each configured query; null where that is NULL, absent where the query failed or gave no row. */
export type ConfiguredAnswers = ReadonlyMap<string, string | null>;

/** One statement of the probe packet. A section that a server refuses is left out on that connection, and costs only its own facts. */
export interface ProbeSection {
  readonly name: string;
  readonly sql: string;
  /** Without it there is no answer at all. */
  readonly essential: boolean;
  /** No row is no answer: a binlog server that forgot its source must not become the top of a cluster. */
  readonly needsRow?: true;
  /** Error numbers by which a server says that it has nothing of the kind: nothing is missed then, and nobody is told. */
  readonly unsupported?: readonly number[];
}

/** System variables that the server has, lower case. Asked once a connection: a missing one must not fail the packet. */
export type Capabilities = ReadonlySet<string>;

export type SectionRows = ReadonlyMap<string, Rows>;

/** Statements that follow from what a server answers just before. */
export interface ReadThenSend {
  readonly reads: string;
  /** `account`: the one that we use. */
  readonly sends: (rows: Rows, account: string) => readonly string[];
  /** Error numbers by which the server says that there is nothing left to do for one of them. */
  readonly doneAlready: readonly number[];
}

/** What is tried before a refused command is sent once more. */
export interface Healing {
  /** One after another; refusals are passed over. */
  readonly statements: readonly string[];
  /** The refused command, without what went before. */
  readonly again: readonly string[];
}

/** How a server replicates, as its last probe saw it: what a statement must name or state again, whoever thought of the command. */
export type ToldReplica = Pick<Instance, 'channel' | 'receiverOptions'>;

export const TOLD_NOTHING: ToldReplica = { channel: '', receiverOptions: NO_RECEIVER_OPTIONS };

/** Why no server of the family can carry out a command, for people. */
export interface CannotRender {
  readonly cannot: string;
}

/** How transactions that another server alone has are fetched (D9), and how that is watched and ended. */
export interface RescueStatements {
  readonly begin: readonly string[];
  /** Answered when all of it is applied (0), or after a second (1). */
  readonly wait: string;
  readonly status: string;
  /** `number` and `text` of what a worker could not apply; the status has the words of their coordinator alone. */
  readonly workers: string;
  /** Refused where there is no such channel. */
  readonly end: readonly string[];
}

export interface Dialect {
  readonly name: 'mysql-57' | 'mysql-80' | 'mysql-84' | 'mariadb' | 'maxscale';
  readonly family: 'mysql' | 'mariadb' | 'maxscale';
  /**
   * A binlog server knows a small set of statements, one a packet: its sections are asked one after another, and it is neither sent
   * settings of the session nor configured queries.
   */
  readonly understandsLittle?: true;
  /** Variables worth asking for; those the server has end up in the capabilities. */
  readonly wantedVariables: readonly string[];
  probeSections(capabilities: Capabilities, version: ServerVersion): readonly ProbeSection[];
  readProbe(key: InstanceKey, rows: SectionRows): ProbeFacts;
  /** One or several statements, in order; none when there is nothing to do. `replica`: how the server replicates; default: nothing is known of that. */
  render(command: ServerCommand, replica?: ToldReplica): readonly string[] | ReadThenSend | CannotRender;
  /** For a command that was refused with this error number; null: there is no remedy. Absent: never. */
  heal?(command: ServerCommand, errorNumber: number, channel: string): Healing | null;
  /** Error numbers by which a server of the family says that what it is told has been done already. */
  readonly doneAlready?: readonly number[];
  /** Reads the account that a replica keeps for itself towards its source; null where it cannot be read. */
  readonly storedCredentialsSql: string | null;
  /** Reads the transactions at which an applier has stopped, as `failed`; null where that is not told. */
  readonly failedTransactionSql: string | null;
  /** Absent: the family, or the release, has no channels for that. */
  rescue?(options: RescueOptions): RescueStatements;
  /** Everything that is ever sent, beside what `preflight` lists; documented from here. */
  readonly statements: readonly StatementFact[];
  /** What is asked before a server is provisioned by the CLONE plugin, and while it is; absent: the family, or the release, has none. */
  readonly cloneSections?: readonly ProbeSection[];
  /** Absent: its servers are judged by what a probe tells alone. */
  readonly preflight?: DialectPreflight;
}

/** Facts that are read when somebody asks for a preflight, and what people can do about what it finds. */
export interface DialectPreflight {
  readonly sections: readonly ProbeSection[];
  readSettings(rows: SectionRows): ServerSettings;
  renderRemedy(remedy: Remedy): RenderedRemedy;
  readonly statements: readonly StatementFact[];
}
