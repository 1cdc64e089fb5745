/**
 * The backend server's errors, by number, and what goes wrong on the way to it, by code. Never by text: texts change with versions and languages.
 */

/** https://dev.mysql.com/doc/mysql-errors/en/server-error-reference.html, https://mariadb.com/kb/en/mariadb-error-code-reference/ */
export const MYSQL = {
  CHECKREAD: 1020,
  TOO_MANY_CONNECTIONS: 1040,
  DATABASE_ACCESS_DENIED: 1044,
  ACCESS_DENIED: 1045,
  UNKNOWN_DATABASE: 1049,
  TABLE_EXISTS: 1050,
  DUPLICATE_COLUMN: 1060,
  DUPLICATE_INDEX: 1061,
  DUPLICATE_ENTRY: 1062,
  HOST_BLOCKED: 1129,
  HOST_NOT_ALLOWED: 1130,
  TABLE_ACCESS_DENIED: 1142,
  COLUMN_ACCESS_DENIED: 1143,
  TOO_MANY_USER_CONNECTIONS: 1203,
  LOCK_WAIT_TIMEOUT: 1205,
  DEADLOCK: 1213,
  USER_LIMIT_REACHED: 1226,
  PRIVILEGE_MISSING: 1227,
  OPTION_PREVENTS_STATEMENT: 1290,
  ACCESS_DENIED_NO_PASSWORD: 1698,
  READ_ONLY_TRANSACTION: 1792,
  READ_ONLY_MODE: 1836,
  ROLLED_BACK_AT_COMMIT: 3101,
  SECURE_TRANSPORT_REQUIRED: 3159,
} as const;

/** Of our own side of the wire. */
export type BackendErrorCode = 'TIMEOUT' | 'LOST' | 'BUSY' | 'CLOSED' | 'PACKET_TOO_LARGE';

export class BackendError extends Error {
  readonly code: BackendErrorCode;

  constructor(code: BackendErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** The server's number of an error; null when it is something else. */
export const mysqlNumber = (error: unknown): number | null =>
  error instanceof Error && 'errno' in error && typeof error.errno === 'number' && error.errno > 0 ? error.errno : null;

/** The code that the system, TLS, the driver or we gave an error; '' when there is none. */
const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';

const isOneOf =
  (...numbers: readonly number[]) =>
  (error: unknown): boolean => {
    const number = mysqlNumber(error);
    return number !== null && numbers.includes(number);
  };

/**
 * Two that wrote at once were in each other's way, and the server gave up on this one: what it was doing can be done again. MariaDB says so also of a
 * row that changed since it was read (1020), clusters of servers when they commit (3101).
 */
export const isContention = isOneOf(
  MYSQL.DEADLOCK,
  MYSQL.LOCK_WAIT_TIMEOUT,
  MYSQL.CHECKREAD,
  MYSQL.ROLLED_BACK_AT_COMMIT,
);

export const isReadOnlyServer = isOneOf(
  MYSQL.OPTION_PREVENTS_STATEMENT,
  MYSQL.READ_ONLY_TRANSACTION,
  MYSQL.READ_ONLY_MODE,
);

export const isTakenKey = isOneOf(MYSQL.DUPLICATE_ENTRY);

/** Somebody else has created it meanwhile. */
export const isThereAlready = isOneOf(MYSQL.TABLE_EXISTS, MYSQL.DUPLICATE_COLUMN, MYSQL.DUPLICATE_INDEX);

export const isMissingPrivilege = isOneOf(MYSQL.TABLE_ACCESS_DENIED, MYSQL.PRIVILEGE_MISSING);

export const isUnknownDatabase = isOneOf(MYSQL.UNKNOWN_DATABASE);

export interface BackendPlace {
  /** `host:port` */
  readonly address: string;
  readonly user: string;
  readonly database: string;
  readonly isSecured: boolean;
}

const firstLine = (text: string): string => text.split(/[\r\n]/, 1)[0] ?? '';

/** One clear line why this server cannot serve as backend; null for errors that say nothing about it. Without any secret. */
export function describeFailure(error: unknown, place: BackendPlace): string | null {
  const number = mysqlNumber(error);
  const reason = number === null ? describeCode(codeOf(error), error) : describeNumber(number, error, place);
  return reason === null ? null : `backend ${place.address} ${reason}`;
}

function describeNumber(number: number, error: unknown, { user, database, isSecured }: BackendPlace): string {
  const text = error instanceof Error ? firstLine(error.message) : '';
  switch (number) {
    case MYSQL.ACCESS_DENIED:
    case MYSQL.ACCESS_DENIED_NO_PASSWORD:
      return (
        `denies access to account "${user}": check MySQLOrchestratorUser and MySQLOrchestratorPassword` +
        // An account that demands TLS is denied in the same words.
        (isSecured ? '' : ', or whether it demands TLS (MySQLOrchestratorUseMutualTLS)')
      );
    case MYSQL.DATABASE_ACCESS_DENIED:
      return `denies account "${user}" access to database "${database}": grant it, and create the database or let the account create it`;
    case MYSQL.TABLE_ACCESS_DENIED:
    case MYSQL.COLUMN_ACCESS_DENIED:
    case MYSQL.PRIVILEGE_MISSING:
      return `does not grant account "${user}" what it needs on database "${database}": ${text}`;
    case MYSQL.TOO_MANY_CONNECTIONS:
    case MYSQL.TOO_MANY_USER_CONNECTIONS:
    case MYSQL.USER_LIMIT_REACHED:
      return `takes no more connections: ${text}`;
    case MYSQL.HOST_BLOCKED:
    case MYSQL.HOST_NOT_ALLOWED:
      return `lets nobody in from this host: ${text}`;
    case MYSQL.SECURE_TRANSPORT_REQUIRED:
      return 'demands TLS: set MySQLOrchestratorUseMutualTLS';
    case MYSQL.OPTION_PREVENTS_STATEMENT:
    case MYSQL.READ_ONLY_TRANSACTION:
    case MYSQL.READ_ONLY_MODE:
      return `is read-only: ${text}`;
    default:
      return `answers with error ${number}: ${text}`;
  }
}

/** What the system says of a way that leads nowhere. */
const UNREACHABLE: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody listens there',
  ENOTFOUND: 'its name is not known',
  EAI_AGAIN: 'its name cannot be resolved now',
  EHOSTUNREACH: 'there is no route to it',
  ENETUNREACH: 'there is no route to it',
  ETIMEDOUT: 'it does not answer',
  TIMEOUT: 'it does not answer in time',
  ECONNRESET: 'it cuts the connection',
  EPIPE: 'it cuts the connection',
  PROTOCOL_CONNECTION_LOST: 'it cuts the connection',
  LOST: 'it cuts the connection',
};

function describeCode(code: string, error: unknown): string | null {
  const unreachable = UNREACHABLE[code];
  if (unreachable !== undefined) return `cannot be reached: ${unreachable} (${code})`;
  if (code === '' || !(error instanceof Error)) return null;
  if (code === 'HANDSHAKE_NO_SSL_SUPPORT') return 'knows no TLS, and MySQLOrchestratorUseMutualTLS is set';
  // Certificates have two dozen codes, and the driver's own for a greeting that is none of MySQL's are several, too.
  return `cannot be talked to: ${firstLine(error.message)} (${code})`;
}
