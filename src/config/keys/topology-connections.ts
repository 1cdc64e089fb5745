/** Keys for reaching the managed servers: account, TLS, time limits (spec 2.5). */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} is syntax of the configuration.
import { accepted, implemented } from '../key-declaration.ts';

export const topologyConnectionsKeys = {
  MySQLTopologyUser: implemented('string', '', { reload: 'dynamic', meaning: 'Account on every managed server.' }),
  MySQLTopologyPassword: implemented('string', '', {
    reload: 'dynamic',
    secret: true,
    meaning: 'Password of that account; ${NAME} takes it from the environment.',
  }),
  MySQLTopologyCredentialsConfigFile: implemented('string', '', {
    reload: 'dynamic',
    meaning: 'File whose [client] section gives user and password for the managed servers.',
  }),
  MySQLTopologyUseMutualTLS: implemented('bool', false, {
    reload: 'dynamic',
    meaning: 'Always use TLS to managed servers, presenting the client certificate when there is one.',
  }),
  MySQLTopologyUseMixedTLS: implemented('bool', true, {
    reload: 'dynamic',
    meaning: 'Connect without TLS first and switch a server to TLS when it demands it or denies access.',
  }),
  // The specification marks this key as without effect because the reference builds its cache too early;
  // the documented meaning is what we promise, and a cache is made once.
  TLSCacheTTLFactor: implemented('uint', 100, {
    unit: 'times InstancePollSeconds',
    reload: 'first-use',
    meaning: 'How long the verdict on whether a server needs TLS is remembered.',
  }),
  MySQLTopologySSLSkipVerify: implemented('bool', false, {
    reload: 'first-use',
    meaning: 'Accept any certificate of a managed server.',
  }),
  MySQLTopologySSLPrivateKeyFile: implemented('string', '', {
    reload: 'first-use',
    meaning: 'PEM file with the private key presented to managed servers.',
  }),
  MySQLTopologySSLCertFile: implemented('string', '', {
    reload: 'first-use',
    meaning: 'PEM file with the client certificate presented to managed servers.',
  }),
  MySQLTopologySSLCAFile: implemented('string', '', {
    reload: 'first-use',
    meaning: 'PEM file with authorities trusted for managed servers, besides those of the system.',
  }),
  MySQLTopologyMaxAllowedPacket: accepted('int32', -1, {
    unit: 'bytes',
    reload: 'dynamic',
    meaning: 'Largest packet sent to a managed server; negative means 64 MiB, 0 asks the server.',
  }),
  MySQLConnectTimeoutSeconds: implemented('int', 2, {
    unit: 'seconds',
    reload: 'dynamic',
    meaning: 'How long connecting to a managed server or to the backend may take; 0 means no limit.',
  }),
  MySQLDiscoveryReadTimeoutSeconds: implemented('int', 10, {
    unit: 'seconds',
    reload: 'dynamic',
    meaning: 'How long a probe or a detection query may take; 0 means no limit.',
  }),
  MySQLTopologyReadTimeoutSeconds: implemented('int', 600, {
    unit: 'seconds',
    reload: 'dynamic',
    meaning: 'How long any other statement on a managed server may take; 0 means no limit.',
  }),
  // The contract speaks of managed servers, too. There a connection is an alarm wire: whoever cuts it to replace it must look whether the server
  // has died.
  MySQLConnectionLifetimeSeconds: implemented('int', 0, {
    unit: 'seconds',
    reload: 'first-use',
    meaning:
      'Age after which a connection to the backend is replaced by a new one; 0 means never. ' +
      'Those to managed servers are kept as long as they work.',
  }),
  DefaultInstancePort: implemented('int', 3306, {
    reload: 'dynamic',
    meaning: 'Port assumed for a server that is named without one.',
  }),
};
