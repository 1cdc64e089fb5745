/**
 * The files that secure connections to managed servers. Read when a connection is made: a renewed certificate counts from then on.
 */
import { readFileSync } from 'node:fs';
import type { Settings } from '../config/settings.ts';
import type { TlsPolicy } from '../mysql/secured-dial.ts';
import type { TlsSettings } from '../ports/server-wire.ts';

type TlsKeys =
  | 'MySQLTopologyUseMutualTLS'
  | 'MySQLTopologySSLSkipVerify'
  | 'MySQLTopologySSLCAFile'
  | 'MySQLTopologySSLCertFile'
  | 'MySQLTopologySSLPrivateKeyFile';

export type TlsFiles = (settings: Pick<Settings, TlsKeys>) => ReturnType<TlsPolicy['settings']>;

/** Gives the same object as long as the files say the same: connections share what is parsed of it. */
export function tlsFiles(): TlsFiles {
  let last: TlsSettings | null = null;
  return (settings) => {
    const read = readTls(settings);
    if (read.kind === 'refused') return read;
    last = last !== null && isSame(last, read.tls) ? last : read.tls;
    return { kind: 'ok', tls: last };
  };
}

function readTls(settings: Pick<Settings, TlsKeys>): ReturnType<TlsFiles> {
  const verifies = !settings.MySQLTopologySSLSkipVerify;
  // As in the contract: in mixed mode, or where nothing is verified, we show nothing of ourselves.
  const showsItself = settings.MySQLTopologyUseMutualTLS && verifies;
  try {
    const tls = {
      authorities: readOptional(settings.MySQLTopologySSLCAFile),
      certificate: showsItself ? readOptional(settings.MySQLTopologySSLCertFile) : null,
      key: showsItself ? readOptional(settings.MySQLTopologySSLPrivateKeyFile) : null,
      verifies,
    };
    return { kind: 'ok', tls };
  } catch (error) {
    return { kind: 'refused', reason: `TLS to servers: ${error instanceof Error ? error.message : String(error)}` };
  }
}

const readOptional = (file: string): string | null => (file === '' ? null : readFileSync(file, 'utf8'));

const isSame = (one: TlsSettings, other: TlsSettings): boolean =>
  one.authorities === other.authorities &&
  one.certificate === other.certificate &&
  one.key === other.key &&
  one.verifies === other.verifies;
