/** Whether a registered virtual name is used for a source (spec/cli.md 5.10, spec/discovery.md 11.3). */
import { describe, expect, it } from 'vitest';
import type { Identified } from '../discovery/prober.ts';
import { blankInstance } from '../model/blank-instance.ts';
import type { Instance } from '../model/instance.ts';
import type { InstanceKey } from '../model/instance-key.ts';
import { nameOfSource, type SourceNameParts, type VirtualNameUse } from './source-names.ts';

const at = (hostname: string): InstanceKey => ({ hostname, port: 3306 });

interface Wish {
  readonly registered?: ReadonlyMap<string, string>;
  readonly found?: Identified;
  readonly source?: Partial<Instance>;
  readonly trusts?: boolean;
  readonly use?: Partial<VirtualNameUse>;
}

async function verdictOn({ registered = new Map([['db1', 'vip']]), found, source = {}, ...wish }: Wish) {
  const asked: string[] = [];
  const learned: string[] = [];
  const parts: SourceNameParts = {
    names: { unresolves: registered },
    known: { get: (key) => ({ ...blankInstance(key), ...source }) },
    discovery: {
      identify: async ({ hostname }) => {
        asked.push(hostname);
        return found ?? { kind: 'identified', key: at('db1') };
      },
    },
    resolver: { learn: (used, resolved) => void learned.push(`${used}=${resolved}`) },
    trustsBinlogServers: () => wish.trusts ?? true,
    use: { skips: false, toleratesMismatch: false, ...wish.use },
  };
  return { verdict: await nameOfSource(at('db1'), parts), asked, learned };
}

const down: Identified = { kind: 'failed', failure: { kind: 'refused', phase: 'connect', text: 'connection refused' } };
const elsewhere: Identified = { kind: 'identified', key: at('db9') };

describe('a virtual name', () => {
  it('is used once it has been seen to lead to that very server', async () => {
    expect(await verdictOn({})).toMatchObject({ verdict: { kind: 'virtual', hostname: 'vip' }, asked: ['vip'] });
  });

  it('that nobody registered costs no question', async () => {
    expect(await verdictOn({ registered: new Map() })).toMatchObject({ verdict: { kind: 'own' }, asked: [] });
  });

  it.each<[string, Identified, string]>([
    ['leads to another server', elsewhere, 'it leads to db9:3306'],
    [
      'leads to one that is known by no other name',
      { kind: 'identified', key: at('vip') },
      'another server answers by it',
    ],
    ['cannot be read', down, 'it cannot be read: connection refused'],
  ])('that %s is none, and says why', async (_, found, why) => {
    const { verdict } = await verdictOn({ found });
    expect(verdict).toEqual({ kind: 'misleads', hostname: 'vip', why, tolerated: false });
  });

  it('--skip-unresolve: is never used, and nobody is asked', async () => {
    expect(await verdictOn({ use: { skips: true } })).toMatchObject({ verdict: { kind: 'own' }, asked: [] });
  });

  it('--skip-unresolve-check: is passed over when it leads elsewhere, and used when it does not', async () => {
    const use = { toleratesMismatch: true };
    expect((await verdictOn({ use, found: elsewhere })).verdict).toMatchObject({ kind: 'misleads', tolerated: true });
    expect((await verdictOn({ use })).verdict).toEqual({ kind: 'virtual', hostname: 'vip' });
  });

  it('SkipBinlogServerUnresolveCheck: is trusted of a binlog server, which is known by it from then on', async () => {
    const source = { isBinlogServer: true };
    expect(await verdictOn({ source, found: elsewhere })).toEqual({
      verdict: { kind: 'virtual', hostname: 'vip' },
      asked: [],
      learned: ['vip=db1'],
    });
    expect((await verdictOn({ source, found: elsewhere, trusts: false })).verdict.kind).toBe('misleads');
  });
});
