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
