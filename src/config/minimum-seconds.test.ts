import { describe, expect, it } from 'vitest';
import { dumpConfiguration } from './dump.ts';
import { minimumSeconds } from './minimum-seconds.ts';
import { loaded, settingsOf } from './testing.ts';

const PAY = { name: 'db1:3306', alias: 'pay' };
const SHOP = { name: 'db9:3306', alias: 'shop' };

const of = (rules: Record<string, string>, cluster = PAY, code = 'DeadMaster') =>
  minimumSeconds(settingsOf({ MinimumSecondsBeforeRecovery: rules }), cluster, code);

describe('MinimumSecondsBeforeRecovery', () => {
  it('A1: waits for nothing without a rule', () => {
    expect(of({})).toBe(0);
    expect(of({ DeadMasterAndSomeReplicas: '10' })).toBe(0);
  });

  it('holds by code, for all clusters or for some', () => {
    const rules = { DeadMaster: '5', 'alias=pay DeadMaster': '30', 'alias~=^sh DeadMaster': '2.5' };
    expect(of(rules)).toBe(30);
    expect(of(rules, SHOP)).toBe(5);
    expect(of({ 'alias~=^sh DeadMaster': '2.5' }, SHOP)).toBe(2.5);
    expect(of(rules, PAY, 'DeadMasterAndSomeReplicas')).toBe(0);
  });

  it.each(['', '-1', '5s', 'soon', '3601', '1e3'])(
    'says that %j is no number of seconds, and waits for nothing',
    (value) => {
      expect(of({ DeadMaster: value })).toBe(0);
      const { warnings } = loaded({ MinimumSecondsBeforeRecovery: { DeadMaster: value } });
      expect(warnings.map(({ code, key }) => `${code} ${key}`)).toContain('value-ignored MinimumSecondsBeforeRecovery');
    },
  );

  it('is dumped where it is set, and not to be seen else', () => {
    const set = settingsOf({ MinimumSecondsBeforeRecovery: { DeadMaster: '5' } });
    expect(dumpConfiguration(set)).toMatch(/,"MinimumSecondsBeforeRecovery":\{"DeadMaster":"5"\}\}$/);
    expect(dumpConfiguration(settingsOf({}))).not.toContain('MinimumSecondsBeforeRecovery');
  });
});
