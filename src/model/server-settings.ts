/**
 * What matters about a server in an incident and hardly ever changes. Read when somebody asks, not at each poll.
 *
 * `null`: the server has no such thing, or would not say.
 */

/** How a replica's receiver deals with its source. */
export interface ReceiverSettings {
  /** '' for the channel (connection) without a name. */
  readonly channel: string;
  /** Between heartbeats of an idle source; 0: none are asked for. */
  readonly heartbeatSeconds: number;
  readonly connectRetrySeconds: number;
  /** How often it tries before it gives up; 0: without end. */
  readonly retryCount: number | null;
}

/** Privileges of one `GRANT`, upper case, and on what: `*.*`, `mysql.*`, `performance_schema.threads`. */
export interface Grant {
  readonly privileges: readonly string[];
  readonly on: string;
}

/** Whom a server takes us for, and what that account may do. */
export interface OwnAccount {
  readonly user: string;
  readonly host: string;
  /** With those of its active roles. */
  readonly grants: readonly Grant[];
}

export interface ServerSettings {
  /** Silence of a source after which a receiver gives its connection up. */
  readonly netTimeoutSeconds: number | null;
  readonly relayLogRecovery: boolean | null;
  readonly syncBinlog: number | null;
  readonly flushLogAtTrxCommit: number | null;
  readonly maxConnections: number | null;
  readonly connections: number | null;
  /** The most there were at once since the server started. */
  readonly connectionsPeak: number | null;
  /** Age at which binary logs are deleted; 0: never. */
  readonly binlogExpirySeconds: number | null;
  readonly receivers: readonly ReceiverSettings[];
  readonly account: OwnAccount | null;
}

/** A privilege that something of ours needs, as in `GRANT <name> ON <on>`. */
export interface NeededPrivilege {
  readonly name: string;
  readonly on: string;
  readonly neededBy: readonly PrivilegeUse[];
}

export interface PrivilegeUse {
  /** Short name, e.g. `stop-receiver`. */
  readonly statement: string;
  /** `change`: a recovery ends where it is refused. `help`: it goes on without, and takes longer. */
  readonly use: 'read' | 'change' | 'help';
}
