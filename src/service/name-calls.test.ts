import { describe, expect, it } from 'vitest';
import { clusterName } from '../model/brand.ts';
import { type InstanceKey, instanceKeyText } from '../model/instance-key.ts';
import { sampleKey } from '../model/topology-samples.ts';
import { ok } from './calls.ts';
import { aNode } from './testing.ts';

const NAME = clusterName('127.0.0.1:10111');
const HOST = sampleKey(10111);
const LONGEST = 'x'.repeat(128);

describe('the alias that a person gives to a cluster', () => {
  it.each(['shop', 'shop-eu.2', 'db1:3306', 'web shop', 'été', '雪', 'a@b+c_d', '::1:3306', LONGEST])(
    'may be %s, and goes with an empty one',
    async (alias) => {
      const { calls, backend } = await aNode();
      expect(await calls.setClusterAlias(NAME, alias)).toEqual(ok(NAME));
      expect(backend.disk.tables.clusterAliasOverrides.get(NAME)).toBe(alias);
      expect(await calls.setClusterAlias(NAME, '')).toEqual(ok(NAME));
      expect(backend.disk.tables.clusterAliasOverrides.get(NAME) ?? '').toBe('');
    },
  );

  const signs = [...'`$(){}<>|&;"\'\\*?!#~/,=%[]^', '\n', '\t', '\r', '\0', '\u007f', '\u2028', '\u00a0'];
  it.each([...signs.map((sign) => `shop${sign}eu`), ' shop', 'shop ', 'shop  eu', '-rf', ' ', `${LONGEST}x`])(
    'is never %j, for hooks put it unquoted into a shell and listings into columns',
    async (alias) => {
      const { calls, backend } = await aNode();
      expect(await calls.setClusterAlias(NAME, alias)).toMatchObject({ refusal: { code: 'invalid-alias' } });
      expect(backend.disk.tables.clusterAliasOverrides.size).toBe(0);
    },
  );

  it('is not for a cluster whose name the tables could not hold', async () => {
    const { calls } = await aNode();
    const long = clusterName(`${LONGEST}:3306`);
    expect(await calls.setClusterAlias(long, 'shop')).toMatchObject({
      refusal: { code: 'invalid-name', message: 'Cluster name too long: 133 characters, of at most 128' },
    });
    expect(await calls.setClusterAlias(clusterName('db1\n:3306'), 'shop')).toMatchObject({ kind: 'refused' });
  });

  it('that is refused is told on one line, with what it may be', async () => {
    const { calls } = await aNode();
    expect(await calls.setClusterAlias(NAME, 'a\n$(id)')).toMatchObject({
      refusal: {
        message:
          'Not an alias: "a\\n$(id)": it consists of letters, digits, single spaces inside, and . _ - : @ +, and begins with no -',
      },
    });
  });
});

describe('the virtual name of a host', () => {
  it.each(['vip', 'vip.db_1.example', 'vip-2', '2001:db8::7', '::1', ' vip '])('may be %j', async (name) => {
    const { calls } = await aNode();
    expect(await calls.setVirtualName(HOST, name)).toEqual(ok(HOST));
    expect([...calls.virtualNames()]).toEqual([[HOST.hostname, name.trim()]]);
    expect(await calls.setVirtualName(HOST, '')).toEqual(ok(HOST));
    expect([...calls.virtualNames()]).toEqual([]);
  });

  it.each(['a b', 'a,b', "o'brien", 'vip;id', '$(id)', 'vip|', 'vip/x', 'a\nb', '-vip', '.', 'été', `${LONGEST}x`])(
    'is never %j',
    async (name) => {
      const { calls } = await aNode();
      expect(await calls.setVirtualName(HOST, name)).toMatchObject({ refusal: { code: 'invalid-name' } });
      expect([...calls.virtualNames()]).toEqual([]);
    },
  );

  it('is not its own', async () => {
    const { calls } = await aNode();
    expect(await calls.setVirtualName(HOST, HOST.hostname)).toMatchObject({ refusal: { code: 'own-name' } });
  });
});

describe('a name and a port that somebody asks about', () => {
  it('is reached under the name that the configuration makes of it', async () => {
    const asked: string[] = [];
    const nameService = {
      address: async () => '10.0.0.1',
      reach: async (key: InstanceKey, timeoutMillis: number) => {
        asked.push(`${instanceKeyText(key)} ${timeoutMillis}`);
        return null;
      },
    };
    const settings = { HostnameResolveMethod: 'ip', MySQLConnectTimeoutSeconds: 2 };
    const { calls } = await aNode({ nameService, settings });
    const found = await calls.reach({ hostname: 'db1', port: 3306 });
    expect([found, asked]).toEqual([ok({ hostname: '10.0.0.1', port: 3306 }), ['10.0.0.1:3306 2000']]);
  });

  it('is refused with what was in the way', async () => {
    const { calls } = await aNode({ nameService: { reach: async () => 'connection refused' } });
    expect(await calls.reach({ hostname: 'db1', port: 3306 })).toMatchObject({
      refusal: { message: 'dial tcp db1:3306: connect: connection refused' },
    });
    expect(await calls.reach({ hostname: '//db1', port: 3306 })).toMatchObject({ refusal: { code: 'unreachable' } });
  });

  it('has the canonical name that the name service knows', async () => {
    const { calls } = await aNode({
      nameService: { canonicalName: async (name) => (name === 'db1' ? 'db1.eu' : null) },
    });
    expect(await calls.canonicalKey({ hostname: 'db1', port: 1 })).toEqual(ok({ hostname: 'db1.eu', port: 1 }));
    expect(await calls.canonicalKey({ hostname: 'db2', port: 1 })).toMatchObject({
      refusal: { message: 'lookup db2: no such host' },
    });
  });
});
