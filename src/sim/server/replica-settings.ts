/** What `CHANGE REPLICATION SOURCE TO` has set; kept over restarts. */
export interface ReplicaSettings {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** MySQL: `SOURCE_AUTO_POSITION`. MariaDB: `Using_Gtid`. */
  readonly gtid: 'off' | 'auto-position' | 'slave-pos' | 'current-pos';
  readonly delaySeconds: number;
  readonly tls: boolean;
  /** The other options, by their names in the statement without `SOURCE_` or `MASTER_`: they are shown, and have no effect here. */
  readonly others?: ReadonlyMap<string, string>;
}

export const NO_REPLICA_SETTINGS: ReplicaSettings = {
  host: '',
  port: 3306,
  user: '',
  password: '',
  gtid: 'off',
  delaySeconds: 0,
  tls: false,
};
