/** Keys of the database in which the program keeps its own state (spec 2.4). */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} is syntax of the configuration.
import { implemented } from '../key-declaration.ts';

export const backendDatabaseKeys = {
  BackendDB: implemented('string', 'mysql', {
    reload: 'dynamic',
    meaning: 'Kind of backend: a value containing sqlite means SQLite, anything else MySQL.',
  }),
  SQLite3DataFile: implemented('string', '', {
    reload: 'dynamic',
    meaning: 'Path of the SQLite file, created when absent.',
  }),
  SkipOrchestratorDatabaseUpdate: implemented('bool', false, {
    reload: 'first-use',
    meaning: 'Neither create nor upgrade the backend schema.',
  }),
  PanicIfDifferentDatabaseDeploy: implemented('bool', false, {
    reload: 'first-use',
    meaning: 'Exit rather than upgrade when this version has not been deployed in the backend before.',
  }),
  MySQLOrchestratorHost: implemented('string', '', {
    reload: 'dynamic',
    meaning: 'Host of the MySQL backend; empty means this host over TCP.',
  }),
  MySQLOrchestratorPort: implemented('uint', 3306, { reload: 'dynamic', meaning: 'Port of the MySQL backend.' }),
  MySQLOrchestratorDatabase: implemented('string', '', {
    reload: 'dynamic',
    meaning: 'Schema of the MySQL backend, created on first contact.',
  }),
  MySQLOrchestratorUser: implemented('string', '', { reload: 'dynamic', meaning: 'Account on the MySQL backend.' }),
  MySQLOrchestratorPassword: implemented('string', '', {
    reload: 'dynamic',
    secret: true,
    meaning: 'Password of that account; ${NAME} takes it from the environment.',
  }),
  MySQLOrchestratorCredentialsConfigFile: implemented('string', '', {
    reload: 'dynamic',
    meaning: 'File whose [client] section gives user and password for the backend.',
  }),
  MySQLOrchestratorMaxPoolConnections: implemented('int', 128, {
    unit: 'connections',
    reload: 'first-use',
    meaning: 'Most open connections to the backend; 0 or less means no bound.',
  }),
  MySQLOrchestratorReadTimeoutSeconds: implemented('int', 30, {
    unit: 'seconds',
    reload: 'dynamic',
    meaning: 'How long to wait for an answer of the backend; 0 means no limit.',
  }),
  MySQLOrchestratorRejectReadOnly: implemented('bool', false, {
    reload: 'dynamic',
    meaning: 'Reconnect when the backend answers that it is read-only.',
  }),
  MySQLOrchestratorMaxAllowedPacket: implemented('int32', -1, {
    unit: 'bytes',
    reload: 'dynamic',
    meaning: 'Largest packet sent to the backend; negative means 64 MiB, 0 asks the server.',
  }),
  MySQLOrchestratorUseMutualTLS: implemented('bool', false, {
    reload: 'dynamic',
    meaning: 'Use TLS to the backend, with or without a client certificate.',
  }),
  MySQLOrchestratorSSLSkipVerify: implemented('bool', false, {
    reload: 'first-use',
    meaning: 'Accept any certificate of the backend.',
  }),
  MySQLOrchestratorSSLPrivateKeyFile: implemented('string', '', {
    reload: 'first-use',
    meaning: 'PEM file with the private key presented to the backend.',
  }),
  MySQLOrchestratorSSLCertFile: implemented('string', '', {
    reload: 'first-use',
    meaning: 'PEM file with the client certificate presented to the backend.',
  }),
  MySQLOrchestratorSSLCAFile: implemented('string', '', {
    reload: 'first-use',
    meaning: 'PEM file with authorities trusted for the backend, besides those of the system.',
  }),
};
