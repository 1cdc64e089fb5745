/** Files that come with an account (`ReplicationCredentialsQuery`, spec/topology-operations.md 3.5; D14). */
import type { ReplicationTls } from '../model/instance.ts';
import type { ReplicationCredentials } from '../model/server-command.ts';

export interface SecuredWay {
  readonly allowTls: boolean;
  readonly tls: ReplicationTls;
}

/** The way to a source with the account's files in place of the replica's own. A file that comes along means that the connection is to be secured. */
export function withFilesOf(credentials: ReplicationCredentials | null, { allowTls, tls }: SecuredWay): SecuredWay {
  const { caFile = '', certificate = '', key = '' } = credentials ?? {};
  return {
    allowTls: allowTls || [caFile, certificate, key].some((file) => file !== ''),
    tls: {
      ...tls,
      caFile: caFile || tls.caFile,
      certificate: certificate || tls.certificate,
      key: key || tls.key,
    },
  };
}
