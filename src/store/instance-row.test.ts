import { describe, expect, it } from 'vitest';
import { blankInstance } from '../model/blank-instance.ts';
import { INSTANCE_COLUMNS, instanceToRow, majorVersion } from './instance-row.ts';
import { key } from './temporary-backend.ts';

describe('an instance as a row', () => {
  it('fills every column', () => {
    expect(Object.keys(instanceToRow(blankInstance(key('a')))).sort()).toEqual([...INSTANCE_COLUMNS].sort());
    expect(INSTANCE_COLUMNS).toHaveLength(78);
  });

  it('stores a semi-sync timeout beyond the signed range as the greatest that fits', () => {
    const blank = blankInstance(key('a'));
    const forEver = { ...blank, semiSync: { ...blank.semiSync, sourceTimeoutMillis: 2n ** 64n - 1n } };
    expect(instanceToRow(forEver).semi_sync_master_timeout).toBe(2n ** 63n - 1n);
  });

  it.each([
    ['8.4.3-log', '8.4'],
    ['10.11.6-MariaDB', '10.11'],
    ['Unknown', '0.0'],
    ['', '0.0'],
  ])('has of version %s the major version %s', (version, major) => {
    expect(majorVersion(version)).toBe(major);
  });
});
