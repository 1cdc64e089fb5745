/** Keys of TLS on the web listener and of the raft HTTP client (spec 2.3). */
import { accepted } from '../key-declaration.ts';

export const webTlsKeys = {
  UseSSL: accepted('bool', false, { reload: 'start', meaning: 'Serve HTTPS (TLS 1.2 or newer) instead of HTTP.' }),
  UseMutualTLS: accepted('bool', false, {
    reload: 'start',
    meaning: 'Demand a client certificate with an organisational unit of SSLValidOUs.',
  }),
  SSLValidOUs: accepted('string[]', [], {
    reload: 'start',
    meaning: 'Organisational units that pass with UseMutualTLS; an empty list lets nobody pass.',
  }),
  SSLSkipVerify: accepted('bool', false, {
    reload: 'start',
    meaning: 'Accept any certificate of the raft leader.',
  }),
  SSLPrivateKeyFile: accepted('string', '', { reload: 'start', meaning: 'PEM file with the private key for HTTPS.' }),
  SSLCertFile: accepted('string', '', { reload: 'start', meaning: 'PEM file with the certificate chain for HTTPS.' }),
  SSLCAFile: accepted('string', '', {
    reload: 'start',
    meaning: 'PEM file with the authorities that vouch for client certificates and for the raft leader.',
  }),
  StatusOUVerify: accepted('bool', false, {
    reload: 'dynamic',
    meaning: 'With UseMutualTLS, check certificates at the status endpoint too.',
  }),
};
