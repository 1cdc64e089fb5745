/**
 * The files that secure connections to database servers.
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

export interface TlsFileNames {
  /** '' where there is none, of all three. */
  readonly authorities: string;
  readonly certificate: string;
  readonly key: string;
}

type TlsReading =
  | { readonly kind: 'ok'; readonly tls: TlsSettings }
  | { readonly kind: 'refused'; readonly reason: string };

export type TlsFiles = (settings: Pick<Settings, TlsKeys>) => ReturnType<TlsPolicy['settings']>;

/**
 * Of managed servers. Read when a connection is made: a renewed certificate counts from then on. The same object as long as the files say the same:
 * connections share what is parsed of it.
 */
export function tlsFiles(): TlsFiles {
  let last: TlsSettings | null = null;
  return (settings) => {
    const read = readTls(settings);
    if (read.kind === 'refused') return read;
    last = last !== null && isSame(last, read.tls) ? last : read.tls;
    return { kind: 'ok', tls: last };
  };
}

function readTls(settings: Pick<Settings, TlsKeys>): TlsReading {
  const verifies = !settings.MySQLTopologySSLSkipVerify;
  // As in the contract: in mixed mode, or where nothing is verified, we show nothing of ourselves.
  const showsItself = settings.MySQLTopologyUseMutualTLS && verifies;
  const names = {
    authorities: settings.MySQLTopologySSLCAFile,
    certificate: showsItself ? settings.MySQLTopologySSLCertFile : '',
    key: showsItself ? settings.MySQLTopologySSLPrivateKeyFile : '',
  };
  return readTlsFiles('TLS to servers', names, verifies);
}

/** `what` begins the reason for which they cannot be used. */
export function readTlsFiles(what: string, names: TlsFileNames, verifies: boolean): TlsReading {
  try {
    const tls = {
      authorities: readOptional(names.authorities),
      certificate: readOptional(names.certificate),
      key: readOptional(names.key),
      verifies,
    };
    return { kind: 'ok', tls };
  } catch (error) {
    return { kind: 'refused', reason: `${what}: ${error instanceof Error ? error.message : String(error)}` };
  }
}

const readOptional = (file: string): string | null => (file === '' ? null : readFileSync(file, 'utf8'));

const isSame = (one: TlsSettings, other: TlsSettings): boolean =>
  one.authorities === other.authorities &&
  one.certificate === other.certificate &&
  one.key === other.key &&
  one.verifies === other.verifies;
