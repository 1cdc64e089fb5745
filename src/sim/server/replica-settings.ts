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
  /** The other options, by their names in the statement without `SOURCE_` or `MASTER_`: they are shown, and but for those below they have no effect here. */
  readonly others?: ReadonlyMap<string, string>;
}

const MILLIS_PER_SECOND = 1000;

/** Of a replica that was told nothing else (seen on 9.7 and 10.11). */
const USUAL_RETRY_SECONDS = 60;
const USUAL_RETRY_COUNT = 10;

/** `CONNECT_RETRY`: how long a receiver that cannot connect waits before it tries again. */
export const connectRetryMillis = ({ others }: ReplicaSettings): number =>
  Number(others?.get('CONNECT_RETRY') ?? USUAL_RETRY_SECONDS) * MILLIS_PER_SECOND;

/** MariaDB forgets everything else (seen on 10.11). */
export function withoutAllButRetry({ others }: ReplicaSettings): Pick<ReplicaSettings, 'others'> {
  const seconds = others?.get('CONNECT_RETRY');
  return seconds === undefined ? {} : { others: new Map([['CONNECT_RETRY', seconds]]) };
}

/** MySQL's `SOURCE_RETRY_COUNT`; only shown: a receiver here never gives up. */
export const retryCount = ({ others }: ReplicaSettings): number =>
  Number(others?.get('RETRY_COUNT') ?? USUAL_RETRY_COUNT);

/** Whoever is told a source without it gets half of the time after which silence is a lost connection (seen on 9.7 and 10.11). */
export const heartbeatPeriodMillis = ({ others }: ReplicaSettings, netTimeoutMillis: number): number => {
  const told = others?.get('HEARTBEAT_PERIOD');
  return told === undefined ? netTimeoutMillis / 2 : Number(told) * MILLIS_PER_SECOND;
};

/** What the sandbox tells its replicas besides their source. */
export const sandboxOptions = (retryMillis: number, heartbeatMillis: number): ReadonlyMap<string, string> =>
  new Map([
    ['CONNECT_RETRY', String(retryMillis / MILLIS_PER_SECOND)],
    ['RETRY_COUNT', '86400'],
    ['HEARTBEAT_PERIOD', String(heartbeatMillis / MILLIS_PER_SECOND)],
  ]);

export const NO_REPLICA_SETTINGS: ReplicaSettings = {
  host: '',
  port: 3306,
  user: '',
  password: '',
  gtid: 'off',
  delaySeconds: 0,
  tls: false,
};
