import { describe, expect, it } from 'vitest';
import { type AccessSettings, accessOf, accessRefusal, authorisedForAction, userOf } from './access.ts';

const settings = (some: Partial<AccessSettings>): AccessSettings => ({
  AuthenticationMethod: '',
  HTTPAuthUser: 'dba',
  HTTPAuthPassword: 'secret',
  AuthUserHeader: 'X-Forwarded-User',
  PowerAuthUsers: ['*'],
  ReadOnly: false,
  ...some,
});
const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` });
const open = (user: string, mayAct: boolean) => ({ kind: 'open', user, mayAct });
const denied = { kind: 'denied' };

describe('access', () => {
  it('is open to everybody without a method, and with one nobody has heard of', () => {
    for (const AuthenticationMethod of ['', 'none', 'kerberos']) {
      expect(accessOf({}, settings({ AuthenticationMethod }))).toEqual(open('', true));
    }
  });

  it('a page of another site may look and never act, whatever the browser sends along', () => {
    const foreign = { 'sec-fetch-site': 'cross-site' };
    expect(accessOf(foreign, settings({}))).toEqual(open('', false));
    const signedIn = { ...foreign, ...basic('dba:secret') };
    expect(accessOf(signedIn, settings({ AuthenticationMethod: 'basic' }))).toEqual(open('dba', false));
    for (const site of ['same-origin', 'none']) {
      expect(accessOf({ 'sec-fetch-site': site }, settings({}))).toEqual(open('', true));
    }
  });

  it('basic: the one pair, whatever the case of the method’s name', () => {
    const basicSettings = settings({ AuthenticationMethod: 'Basic' });
    expect(accessOf(basic('dba:secret'), basicSettings)).toEqual(open('dba', true));
    for (const wrong of ['dba:Secret', 'dba:secret2', 'dba:', ':secret', '']) {
      expect(accessOf(basic(wrong), basicSettings)).toEqual(denied);
    }
    expect(accessOf({}, basicSettings)).toEqual(denied);
    expect(accessOf({ authorization: 'Bearer x' }, basicSettings)).toEqual(denied);
  });

  it('basic with an empty user still asks, for empty credentials', () => {
    const empty = settings({ AuthenticationMethod: 'basic', HTTPAuthUser: '', HTTPAuthPassword: '' });
    expect(accessOf({}, empty)).toEqual(denied);
    expect(accessOf(basic(':'), empty)).toEqual(open('', true));
  });

  it('multi: readonly looks with any password and never acts', () => {
    const multi = settings({ AuthenticationMethod: 'multi' });
    expect(accessOf(basic('dba:secret'), multi)).toEqual(open('dba', true));
    expect(accessOf(basic('readonly:whatever'), multi)).toEqual(open('readonly', false));
    expect(accessOf(basic('dba:whatever'), multi)).toEqual(denied);
    expect(accessOf({ authorization: 'Basic %%%' }, multi)).toEqual(denied);
    expect(
      accessOf(basic('readonly:secret'), settings({ AuthenticationMethod: 'multi', HTTPAuthUser: 'readonly' })),
    ).toEqual(open('readonly', false));
  });

  it('multi without a user is a reason not to start', () => {
    expect(accessRefusal(settings({ AuthenticationMethod: 'multi', HTTPAuthUser: '' }))).toContain('HTTPAuthUser');
    expect(accessRefusal(settings({ AuthenticationMethod: 'multi' }))).toBeNull();
    expect(accessRefusal(settings({ AuthenticationMethod: 'basic', HTTPAuthUser: '' }))).toBeNull();
  });

  it('proxy: the header names the user, in whatever case it is configured', () => {
    const proxy = settings({
      AuthenticationMethod: 'proxy',
      AuthUserHeader: 'x-forwarded-USER',
      PowerAuthUsers: ['alice'],
    });
    expect(accessOf({ 'x-forwarded-user': 'alice' }, proxy)).toEqual(open('alice', true));
    expect(accessOf({ 'x-forwarded-user': 'mallory' }, proxy)).toEqual(open('mallory', false));
    expect(accessOf({}, proxy)).toEqual(open('', false));
    expect(accessOf({}, settings({ AuthenticationMethod: 'proxy' }))).toEqual(open('', true));
  });

  it('token and oauth cannot be checked, so nobody acts', () => {
    for (const AuthenticationMethod of ['token', 'oauth']) {
      expect(accessOf({ cookie: 'access-token=a:b' }, settings({ AuthenticationMethod }))).toEqual(open('', false));
    }
  });

  it('a read-only node refuses every action and knows no user', () => {
    const access = accessOf({}, settings({}));
    expect(authorisedForAction(access, settings({}))).toBe(true);
    expect(authorisedForAction(access, settings({ ReadOnly: true }))).toBe(false);
    expect(userOf({ kind: 'open', user: 'dba', mayAct: true }, settings({ ReadOnly: true }))).toBe('');
  });
});
