/**
 * Finding what a request means: servers by host and port, clusters by hint (spec/http-api.md 1.5, cli.md 1.4).
 */
import type { Settings } from '../config/settings.ts';
import type { HostnameResolver } from '../discovery/hostname-resolver.ts';
import { type ClusterName, clusterName } from '../model/brand.ts';
import { type InstanceKey, instanceKeyFrom, instanceKeyText, isIpv4, parseInstanceKey } from '../model/instance-key.ts';
import type { Topology } from '../model/topology.ts';
import type { NamingCalls, Outcome } from './calls.ts';
import { ok, refused } from './calls.ts';
import type { Decisions } from './decisions.ts';
import { aliasByPattern } from './policies.ts';

export interface NamingParts {
  readonly topology: Topology;
  readonly resolver: HostnameResolver;
  readonly decisions: Decisions;
  readonly settings: () => Pick<Settings, 'DefaultInstancePort' | 'ClusterNameToAlias'>;
}

/** The alias of a cluster; its name when it has none (spec/discovery.md 15.6). */
export function aliasOf(parts: NamingParts, name: ClusterName): string {
  const given = parts.decisions.aliasOverrides.get(name);
  if (given !== undefined && given !== '') return given;
  const held = parts.decisions.aliases.get(name);
  if (held !== undefined && held !== '' && held !== name) return held;
  return aliasByPattern(parts.settings(), name) ?? suggestedAlias(parts, name) ?? name;
}

/**
 * What the cluster's head suggests, until it is written down: a primary that dies in its first seconds must not take the alias along.
 * One that another cluster holds was moved there, and is not given twice.
 */
function suggestedAlias({ topology, decisions, settings }: NamingParts, name: ClusterName): string | null {
  const head = parseInstanceKey(name, settings().DefaultInstancePort);
  const suggested = head.kind === 'ok' ? (topology.get(head.key)?.suggestedClusterAlias ?? '') : '';
  if (suggested === '') return null;
  for (const alias of decisions.aliases.values()) if (alias === suggested) return null;
  return suggested;
}

export function namingCalls(parts: NamingParts): NamingCalls {
  const completed = (key: InstanceKey): InstanceKey => complete(key, parts.topology);
  const resolveKey = (parsed: ReturnType<typeof instanceKeyFrom>): Outcome<InstanceKey> =>
    resolvedKey(parts, parsed, { completes: true });
  return {
    resolveKey: (host, port) => resolveKey(instanceKeyFrom(host.trim(), port.trim())),
    resolveKeyText: (text) => resolveKey(parseInstanceKey(text, parts.settings().DefaultInstancePort)),
    rawKey(host, port) {
      const parsed = instanceKeyFrom(host.trim(), port.trim());
      return parsed.kind === 'ok' ? ok(parsed.key) : refused('invalid-key', parsed.reason);
    },
    clusterByHint: (hint) => clusterByHint(hint.trim(), parts, completed),
    clusterByAlias(alias) {
      const wanted = alias.trim();
      for (const name of parts.topology.clusterNames()) {
        if (name === wanted || aliasOf(parts, name) === wanted) return name;
      }
      return null;
    },
  };
}

/** `host[:port]` → key, resolved; `completes`: a part of a host name will do where it is unambiguous. */
export function namedKey(
  parts: NamingParts,
  text: string,
  options: { readonly completes: boolean },
): Outcome<InstanceKey> {
  return resolvedKey(parts, parseInstanceKey(text, parts.settings().DefaultInstancePort), options);
}

function resolvedKey(
  { resolver, topology }: NamingParts,
  parsed: ReturnType<typeof instanceKeyFrom>,
  { completes }: { readonly completes: boolean },
): Outcome<InstanceKey> {
  if (parsed.kind === 'refused') return refused('invalid-key', parsed.reason);
  const hostname = parsed.key.hostname.trim();
  if (hostname.includes(',')) return refused('multi-hostname', `Will not resolve multi-hostname: ${hostname}`);
  const key = resolver.knownKey({ ...parsed.key, hostname });
  return ok(completes ? complete(key, topology) : key);
}

/** Unless an IPv4 address: the one known server of that port whose host name contains the text; several or none leave the key as it is. */
function complete(key: InstanceKey, topology: Topology): InstanceKey {
  if (isIpv4(key) || topology.has(key)) return key;
  let found: InstanceKey | null = null;
  for (const { key: known } of topology.all()) {
    if (known.port !== key.port || !known.hostname.includes(key.hostname)) continue;
    if (found !== null) return key;
    found = known;
  }
  return found ?? key;
}

function clusterByHint(
  hint: string,
  parts: NamingParts,
  completed: (key: InstanceKey) => InstanceKey,
): Outcome<ClusterName> {
  if (hint === '') return refused('no-hint', 'Unable to determine cluster name by empty hint');
  const names = parts.topology.clusterNames();
  const exact = names.find((name) => name === hint) ?? names.find((name) => aliasOf(parts, name) === hint);
  if (exact !== undefined) return ok(exact);
  const parsed = parseInstanceKey(hint, parts.settings().DefaultInstancePort);
  if (parsed.kind === 'ok') {
    const instance = parts.topology.get(parsed.key) ?? parts.topology.get(completed(parsed.key));
    if (instance !== undefined && instance.clusterName !== '') return ok(clusterName(instance.clusterName));
    if (instance !== undefined) {
      const key = instanceKeyText(instance.key);
      const text = `Unable to determine cluster name for ${key}, empty cluster name. clusterHint=${hint}`;
      return refused('no-cluster-name', text);
    }
  }
  return refused('unknown-cluster', `Unable to determine cluster name. clusterHint=${hint}`);
}
