import { describe, expect, it } from 'vitest';
import { readCredentials } from './credentials-file.ts';

function read(text: string) {
  return readCredentials(new TextEncoder().encode(text));
}

describe('a credentials file', () => {
  it.each([
    ['[client]\nuser=a\npassword=b\n', 'a', 'b'],
    ['\ufeff[CLIENT]\r\nUser = a\r\nPASSWORD = b\r\n', 'a', 'b'],
    ['; note\n# note\n[client] ; here\nuser = a ; note\npassword = b # note', 'a', 'b'],
    ['[client]\nuser = a b \t\npassword = " b#;\\"\\\\\\t "', 'a b', ' b#;"\\\t '],
    ['[client]\nuser=\'a\'\npassword=x"y z"w', "'a'", 'xy zw'],
    ['[client]\nuser = a\\\nb\npassword = \\"c', 'ab', '"c'],
    ['[client]\nuser=a', 'a', ''],
    ['[client]\nuser=a\nuser=b', 'b', ''],
    ['', '', ''],
    ['[mysql]\npassword=no\nskip\n[client]\nhost=h\nuser=a\npassword=b\n[client "x"]\npassword=no', 'a', 'b'],
    ['[client]\n!includedir /etc/mysql\nuser=a', 'a', ''],
  ])('%j gives user %j and password %j', (text, user, password) => {
    expect(read(text)).toEqual({ kind: 'read', user, password });
  });

  it.each([
    ['user=a', 'line 1: an entry stands before any section'],
    ['[client]\npassword', 'line 2: password has no value'],
    ['[client]\npassword="a', 'line 2: password has no closing quote'],
    ['[client]\npassword=a\\b', 'line 2: password contains a backslash that escapes nothing'],
    ['[client]\npassword="a\\q"', 'line 2: password contains a backslash that escapes nothing'],
  ])('%j is refused: %s', (text, reason) => {
    expect(read(text)).toEqual({ kind: 'malformed', reason });
  });
});
