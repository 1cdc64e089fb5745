/**
 * By which name a replica is told of its source: the virtual name that is registered for its host, once it has been seen to lead to that very server
 * (spec/topology-operations.md 3.2 step 2, spec/cli.md 5.10, spec/discovery.md 11.3). Recoveries do not ask: they must not wait for a name.
 */
import type { Discovery } from '../discovery/discovery.ts';
import type { HostnameResolver } from '../discovery/hostname-resolver.ts';
import type { Instance } from '../model/instance.ts';
import { type InstanceKey, instanceKeyText, sameKey } from '../model/instance-key.ts';
import type { NameVerdict } from '../planning/operations/virtual-names.ts';
import type { Names } from './names.ts';

/** What the switches of the command line say about virtual names. */
export interface VirtualNameUse {
  /** `--skip-unresolve`: none is used. */
  readonly skips: boolean;
  /** `--skip-unresolve-check`: one that leads elsewhere is passed over. */
  readonly toleratesMismatch: boolean;
}

export interface SourceNameParts {
  readonly names: Pick<Names, 'unresolves'>;
  readonly known: { get(key: InstanceKey): Instance | undefined };
  readonly discovery: Pick<Discovery, 'identify'>;
  readonly resolver: Pick<HostnameResolver, 'learn'>;
  /** `SkipBinlogServerUnresolveCheck` */
  readonly trustsBinlogServers: () => boolean;
  readonly use: VirtualNameUse;
}

const OWN: NameVerdict = { kind: 'own' };

/** Dials the virtual name, if there is one, within the limits of a probe. */
export async function nameOfSource(source: InstanceKey, parts: SourceNameParts): Promise<NameVerdict> {
  const { names, known, discovery, resolver, trustsBinlogServers, use } = parts;
  const hostname = names.unresolves.get(source.hostname);
  if (use.skips || hostname === undefined || hostname === source.hostname) return OWN;
  if (known.get(source)?.isBinlogServer === true && trustsBinlogServers()) {
    // Several binlog servers may answer by one name: none of them can be asked whether it is this one.
    resolver.learn(hostname, source.hostname);
    return { kind: 'virtual', hostname };
  }
  const found = await discovery.identify({ ...source, hostname });
  if (found.kind === 'identified' && sameKey(found.key, source)) return { kind: 'virtual', hostname };
  const why =
    found.kind === 'failed'
      ? `it cannot be read: ${found.failure.text}`
      : found.key.hostname === hostname
        ? 'another server answers by it'
        : `it leads to ${instanceKeyText(found.key)}`;
  return { kind: 'misleads', hostname, why, tolerated: use.toleratesMismatch };
}
