/**
 * Names of hosts, as the doors ask for them: what they resolved to, and the virtual names that people gave (spec/discovery.md 11).
 */
import type { HostnameResolver } from '../discovery/hostname-resolver.ts';
import { instanceKeyText, isValidKey } from '../model/instance-key.ts';
import type { Clock } from '../ports/clock.ts';
import type { NameService } from '../ports/name-service.ts';
import { type HostNameCalls, ok, refused } from './calls.ts';
import type { Decisions } from './decisions.ts';
import type { Names } from './names.ts';

export interface NameParts {
  readonly resolver: HostnameResolver;
  readonly nameService: Pick<NameService, 'canonicalName' | 'reach'>;
  readonly names: Names;
  readonly decisions: Pick<Decisions, 'candidates' | 'overrideAlias'>;
  readonly clock: Clock;
  /** How long a connection may take. */
  readonly connectMillis: () => number;
}

/** Longest name of a host or cluster, and longest alias, that the tables hold. */
const MAX_NAME_LENGTH = 128;

/** Also an address, IPv6 among them; nothing that a shell, a statement or a command line would read as anything but a name. */
const HOST_NAME = /^[A-Za-z0-9_:][A-Za-z0-9._:-]*$/;

/**
 * Hooks put an alias unquoted into the text of a shell, and listings part their columns by tabs and their rows by lines: whoever may name a cluster must
 * not thereby write either. No `/`, for it would be a path below another cluster's key in the KV stores; no `-` first, for that is an option.
 */
const ALIAS = /^[\p{L}\p{N}._:@+][\p{L}\p{M}\p{N}._:@+-]*(?: [\p{L}\p{M}\p{N}._:@+-]+)*$/u;

const ALIAS_RULE = 'letters, digits, single spaces inside, and . _ - : @ +, and begins with no -';

const CONTROL_CHARACTER = /\p{Cc}/u;

export function nameCalls({ resolver, nameService, names, decisions, clock, connectMillis }: NameParts): HostNameCalls {
  return {
    resolvedNames: () => resolver.names,
    clearResolvedNames: () => resolver.clear(),
    async reach(key) {
      const resolved = await resolver.resolve(key.hostname);
      if (resolved.kind === 'refused') return refused('unresolvable', resolved.reason);
      const dialled = { ...key, hostname: resolved.hostname };
      const failure = isValidKey(dialled) ? await nameService.reach(dialled, connectMillis()) : 'it cannot be dialled';
      if (failure === null) return ok(dialled);
      return refused('unreachable', `dial tcp ${instanceKeyText(dialled)}: connect: ${failure}`);
    },
    async canonicalKey(key) {
      const hostname = await nameService.canonicalName(key.hostname);
      if (hostname === null) return refused('unresolvable', `lookup ${key.hostname}: no such host`);
      return ok({ ...key, hostname });
    },
    virtualNames: () => names.unresolves,
    async setVirtualName(key, virtualName) {
      const wanted = virtualName.trim();
      if (wanted !== '' && !isName(wanted, HOST_NAME))
        return refused('invalid-name', `Not a host name: ${shown(wanted)}`);
      if (wanted === key.hostname) {
        return refused('own-name', `${instanceKeyText(key)} cannot have its own name as a virtual one`);
      }
      await names.setUnresolve(key.hostname, wanted, clock.now());
      return ok(key);
    },
    async setClusterAlias(name, alias) {
      if (name.length > MAX_NAME_LENGTH) return refused('invalid-name', tooLong('Cluster name', name));
      if (CONTROL_CHARACTER.test(name)) return refused('invalid-name', `Not a cluster name: ${shown(name)}`);
      if (alias.length > MAX_NAME_LENGTH) return refused('invalid-alias', tooLong('Alias', alias));
      if (alias !== '' && !isName(alias, ALIAS)) {
        return refused('invalid-alias', `Not an alias: ${shown(alias)}: it consists of ${ALIAS_RULE}`);
      }
      await decisions.overrideAlias(name, alias);
      return ok(name);
    },
    candidates: () => decisions.candidates,
  };
}

const isName = (text: string, shape: RegExp): boolean => text.length <= MAX_NAME_LENGTH && shape.test(text);

const tooLong = (what: string, text: string): string =>
  `${what} too long: ${text.length} characters, of at most ${MAX_NAME_LENGTH}`;

/** On one line, whatever is in it. */
const shown = (text: string): string => JSON.stringify(text.slice(0, MAX_NAME_LENGTH));
