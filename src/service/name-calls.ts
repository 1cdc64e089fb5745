/**
 * Names of hosts, as the doors ask for them: what they resolved to, and the virtual names that people gave (spec/discovery.md 11).
 */
import type { HostnameResolver } from '../discovery/hostname-resolver.ts';
import { instanceKeyText } from '../model/instance-key.ts';
import type { Clock } from '../ports/clock.ts';
import { type HostNameCalls, ok, refused } from './calls.ts';
import type { Decisions } from './decisions.ts';
import type { Names } from './names.ts';

export interface NameParts {
  readonly resolver: HostnameResolver;
  readonly names: Names;
  readonly decisions: Pick<Decisions, 'candidates' | 'overrideAlias'>;
  readonly clock: Clock;
}

/** Longest host name that the table holds. */
const MAX_NAME_LENGTH = 128;

export function nameCalls({ resolver, names, decisions, clock }: NameParts): HostNameCalls {
  return {
    resolvedNames: () => resolver.names,
    clearResolvedNames: () => resolver.clear(),
    virtualNames: () => names.unresolves,
    async setVirtualName(key, virtualName) {
      const wanted = virtualName.trim();
      if (wanted.length > MAX_NAME_LENGTH || /[\s,'"`\\]/.test(wanted)) {
        return refused('invalid-name', `Not a host name: ${wanted.slice(0, MAX_NAME_LENGTH)}`);
      }
      if (wanted === key.hostname) {
        return refused('own-name', `${instanceKeyText(key)} cannot have its own name as a virtual one`);
      }
      await names.setUnresolve(key.hostname, wanted, clock.now());
      return ok(key);
    },
    async setClusterAlias(name, alias) {
      if (alias.length > MAX_NAME_LENGTH) return refused('invalid-alias', `Alias too long: ${alias.length} characters`);
      await decisions.overrideAlias(name, alias);
      return ok(name);
    },
    candidates: () => decisions.candidates,
  };
}
