/**
 * Opens the backend that the configuration names.
 */
import type { Settings } from '../config/settings.ts';
import type { TlsSettings } from '../ports/server-wire.ts';
import { type OpenBackendResult, type OpenMysqlOptions, openMysqlBackend, openSqliteBackend } from '../store/index.ts';
import { readTlsFiles } from './tls-files.ts';

/** This host over TCP: what `localhost` leads to differs from host to host. */
const THIS_HOST = '127.0.0.1';

/** What `MySQLOrchestratorMaxAllowedPacket` below 0 stands for (spec/configuration.md 2.4). */
const PACKET_BYTES_DEFAULT = 64 * 1024 * 1024;

const MILLIS_PER_SECOND = 1_000;

/** 0 means no limit. */
const millisOrUnlimited = (seconds: number): number | null => (seconds > 0 ? seconds * MILLIS_PER_SECOND : null);

/** A value containing `sqlite` selects SQLite, everything else, also nothing or nonsense, MySQL (spec/configuration.md 2.4). */
const isSqlite = ({ BackendDB }: Pick<Settings, 'BackendDB'>): boolean => BackendDB.includes('sqlite');

export async function openBackend(settings: Settings, version: string): Promise<OpenBackendResult> {
  const deployment = {
    version,
    skipUpdate: settings.SkipOrchestratorDatabaseUpdate,
    refuseDifferentVersion: settings.PanicIfDifferentDatabaseDeploy,
  };
  if (isSqlite(settings)) return openSqliteBackend({ ...deployment, file: settings.SQLite3DataFile });
  const secured = backendTls(settings);
  if (secured.kind === 'refused') return secured;
  return openMysqlBackend({ ...deployment, ...mysqlOptions(settings), tls: secured.tls });
}

/** All that the configuration says of a MySQL backend but for TLS. */
export function mysqlOptions(settings: Settings): Omit<OpenMysqlOptions, 'tls' | 'version'> {
  const connections = settings.MySQLOrchestratorMaxPoolConnections;
  const packetBytes = settings.MySQLOrchestratorMaxAllowedPacket;
  return {
    host: settings.MySQLOrchestratorHost || THIS_HOST,
    port: settings.MySQLOrchestratorPort,
    database: settings.MySQLOrchestratorDatabase,
    user: settings.MySQLOrchestratorUser,
    password: settings.MySQLOrchestratorPassword,
    connectMillis: millisOrUnlimited(settings.MySQLConnectTimeoutSeconds),
    answerMillis: millisOrUnlimited(settings.MySQLOrchestratorReadTimeoutSeconds),
    // 0: the server is asked.
    packetBytes: packetBytes < 0 ? PACKET_BYTES_DEFAULT : packetBytes || null,
    rejectReadOnly: settings.MySQLOrchestratorRejectReadOnly,
    pool: {
      connections: connections > 0 ? connections : null,
      lifetimeMillis: millisOrUnlimited(settings.MySQLConnectionLifetimeSeconds),
    },
  };
}

type BackendTls =
  | { readonly kind: 'ok'; readonly tls: TlsSettings | null }
  | { readonly kind: 'refused'; readonly reason: string };

/** What begins every certificate of a PEM file. */
const CERTIFICATE_MARK = '-----BEGIN CERTIFICATE-----';

/** Read once: the backend is opened once. A certificate of ours is shown wherever there is one with its key (spec/configuration.md 6, item 10). */
function backendTls(settings: Settings): BackendTls {
  if (!settings.MySQLOrchestratorUseMutualTLS) return { kind: 'ok', tls: null };
  const [certificate, key] = [settings.MySQLOrchestratorSSLCertFile, settings.MySQLOrchestratorSSLPrivateKeyFile];
  const isShown = certificate !== '' && key !== '';
  const names = {
    authorities: settings.MySQLOrchestratorSSLCAFile,
    certificate: isShown ? certificate : '',
    key: isShown ? key : '',
  };
  const read = readTlsFiles('TLS to the backend', names, !settings.MySQLOrchestratorSSLSkipVerify);
  if (read.kind === 'refused' || read.tls.authorities?.includes(CERTIFICATE_MARK) !== false) return read;
  return { kind: 'refused', reason: `TLS to the backend: there is no certificate in ${names.authorities}` };
}
