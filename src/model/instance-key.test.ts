import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addressOf,
  compareKeys,
  detachKey,
  type InstanceKey,
  instanceKeyFrom,
  instanceKeyText,
  isDetachedKey,
  isIpv4,
  isValidKey,
  keyId,
  parseInstanceKey,
  reattachKey,
  sameKey,
} from './instance-key.ts';

const DEFAULT_PORT = 3306;

const parsed = (text: string): InstanceKey => {
  const result = parseInstanceKey(text, DEFAULT_PORT);
  if (result.kind === 'refused') throw new Error(result.reason);
  return result.key;
};

const refusal = (text: string): string | null => {
  const result = parseInstanceKey(text, DEFAULT_PORT);
  return result.kind === 'refused' ? result.reason : null;
};

const anyKey = fc.record({
  hostname: fc.oneof(fc.domain(), fc.ipV4(), fc.ipV6(), fc.constantFrom('_', '//db1', 'db1', 'db1:3')),
  port: fc.integer({ min: 0, max: 65_535 }),
});

describe('parsing an instance key', () => {
  it.each([
    ['myhost:1234', 'myhost', 1234],
    ['myhost', 'myhost', 3306],
    ['10.0.0.3:3307', '10.0.0.3', 3307],
    ['10.0.0.3', '10.0.0.3', 3306],
    ['[2001:db8:1f70::999:de8:7648:6e8]:3308', '2001:db8:1f70::999:de8:7648:6e8', 3308],
    ['::1', '::1', 3306],
    ['0:0:0:0:0:0:0:0', '0:0:0:0:0:0:0:0', 3306],
    ['_:3306', '_', 3306],
    ['//myhost:3306', '//myhost', 3306],
    ['127.0.0.1:0', '127.0.0.1', 0],
  ])('reads %s', (text, hostname, port) => {
    expect(parsed(text)).toEqual({ hostname, port });
  });

  it.each(['[2001:xxxx:1f70::999:de8:7648:6e8]:3308', '10.0.0.4:', '10.0.0.4:5.6.7', '[::1]', 'host:-1', ':3306 '])(
    'refuses %s and names the text',
    (text) => {
      expect(refusal(text)).toBe(`Cannot parse address: ${text}`);
    },
  );

  it('refuses an empty text as an empty host', () => {
    expect(refusal('')).toBe('NewResolveInstanceKey: Empty hostname');
  });

  it('refuses a port beyond what a number holds', () => {
    expect(refusal('db1:99999999999999999999')).toBe('Invalid port: 99999999999999999999');
  });
});

describe('a key of separate host and port texts', () => {
  it('keeps both', () => {
    expect(instanceKeyFrom('127.0.0.1', '3308')).toEqual({ kind: 'ok', key: { hostname: '127.0.0.1', port: 3308 } });
  });

  it.each([
    ['127.0.0.1', '', 'Invalid port: '],
    ['127.0.0.1', '3306x', 'Invalid port: 3306x'],
    ['127.0.0.1', '-1', 'Invalid port: -1'],
    ['127.0.0.1', '1e3', 'Invalid port: 1e3'],
    ['', '3309', 'NewResolveInstanceKey: Empty hostname'],
  ])('refuses host "%s" with port "%s"', (hostname, port, reason) => {
    expect(instanceKeyFrom(hostname, port)).toEqual({ kind: 'refused', reason });
  });
});

describe('validity', () => {
  it.each(['myhost:3306', '10.0.0.3', '::1'])('%s is valid', (text) => {
    expect(isValidKey(parsed(text))).toBe(true);
  });

  it.each(['_:3306', '//myhost:3306', '127.0.0.1:0'])('%s parses and is not valid', (text) => {
    expect(isValidKey(parsed(text))).toBe(false);
  });

  it('a key without host is not valid', () => {
    expect(isValidKey({ hostname: '', port: 3306 })).toBe(false);
  });
});

describe('detaching', () => {
  it('puts // in front, and twice is once', () => {
    const detached = detachKey(parsed('myhost'));
    expect(detached).toEqual({ hostname: '//myhost', port: 3306 });
    expect(isDetachedKey(detached)).toBe(true);
    expect(detachKey(detached)).toEqual(detached);
  });

  it('is undone by reattaching, and twice is once', () => {
    const key = parsed('myhost');
    expect(reattachKey(detachKey(key))).toEqual(key);
    expect(reattachKey(key)).toEqual(key);
  });
});

describe('IPv4', () => {
  it.each(['127.0.0.1', '127.0.0.1:3306'])('%s is', (text) => {
    expect(isIpv4(parsed(text))).toBe(true);
  });

  it.each(['mysql-server-1', 'mysql-server-1:3306', 'my.sql.server.1', '127.0.0:3306', '1.2.3.4.5'])(
    '%s is not',
    (text) => {
      expect(isIpv4(parsed(text))).toBe(false);
    },
  );

  it('an IPv6-like host is not', () => {
    expect(isIpv4({ hostname: '127::0::0::1', port: 3306 })).toBe(false);
  });
});

describe('text, identity and order', () => {
  it('writes IPv6 without brackets, as the contract has it', () => {
    expect(instanceKeyText(parsed('[::1]:3307'))).toBe('::1:3307');
  });

  it('dials IPv6 without brackets and with the port apart', () => {
    expect(addressOf(parsed('[::1]:3307'))).toEqual({ host: '::1', port: 3307 });
    expect(addressOf({ hostname: '[::1]', port: 3307 })).toEqual({ host: '::1', port: 3307 });
    expect(addressOf(parsed('db1'))).toEqual({ host: 'db1', port: 3306 });
  });

  it('never dials a detached key, the placeholder or port 0', () => {
    expect([parsed('//db1'), parsed('_'), parsed('db1:0')].map(addressOf)).toEqual([null, null, null]);
  });

  it('tells case apart and never equals no key', () => {
    expect(sameKey(parsed('db1'), parsed('db1:3306'))).toBe(true);
    expect(sameKey(parsed('db1'), parsed('DB1'))).toBe(false);
    expect(sameKey(parsed('db1'), null)).toBe(false);
    expect(sameKey(null, null)).toBe(false);
  });

  it('orders by host, then by port as a number', () => {
    const keys = ['host2:1', 'host1:10000', 'host1:3306'].map(parsed).sort(compareKeys);
    expect(keys.map(instanceKeyText)).toEqual(['host1:3306', 'host1:10000', 'host2:1']);
  });

  it('law: same key, same id, order 0 and only then', () => {
    fc.assert(
      fc.property(anyKey, anyKey, (one, other) => {
        const same = sameKey(one, other);
        expect(keyId(one) === keyId(other)).toBe(same);
        expect(compareKeys(one, other) === 0).toBe(same);
        expect(Math.sign(compareKeys(one, other))).toBe(-Math.sign(compareKeys(other, one)) + 0);
      }),
    );
  });

  it('law: what is printed of a key without colons in its host parses to the same key', () => {
    const hosts = fc.oneof(fc.domain(), fc.ipV4());
    fc.assert(
      fc.property(hosts, fc.nat(65_535), (hostname, port) => {
        expect(parsed(instanceKeyText({ hostname, port }))).toEqual({ hostname, port });
      }),
    );
  });
});
