import { describe, expect, it } from 'vitest';
import { NO_EVIDENCE } from '../model/blank-instance.ts';
import { missesItsSource } from './receiver-failure.ts';
import { aPrimaryWith, type Change, receiverStopped, reconnecting } from './testing.ts';

const world = aPrimaryWith(1);
const misses = (...changes: readonly Change[]) => missesItsSource(world.with(22294, ...changes).at(22294));

const ofMysql = (reason: string) =>
  `"Error connecting to source 'repl@db1:3306'. This was attempt 1/86400, with a delay of 60 seconds between attempts.${reason}"`;
const ofMariadb = (reason: string) =>
  `"error reconnecting to master 'repl@db1:3306' - retry-time: 60  maximum-retries: 100000${reason}"`;

describe('a receiver of which a row keeps the text alone misses its source', () => {
  it.each([
    ['', true],
    ['""', true],
    [ofMysql(" Message: Can't connect to MySQL server on 'db1:3306' (111)"), true],
    [ofMysql(" Message: Unknown MySQL server host 'db1' (-2)"), true],
    [ofMariadb(`  message: Can't connect to server on 'db1' (111 \\"Connection refused\\")`), true],
    [ofMariadb("  message: Lost connection to server at 'handshake: reading initial communication packet'"), true],
    [ofMysql(''), true],
    [`${ofMariadb('')}, Error_code: 2003`, true],
    [ofMysql(" Message: Access denied for user 'repl'@'db2' (using password: YES)"), false],
    [ofMysql(' Message: Too many connections'), false],
    [ofMysql(' Message: Zu viele Verbindungen'), false],
    [ofMariadb('  message: Host is blocked. Internal MariaDB error code: 1129'), false],
    [`${ofMariadb('')}, Error_code: 1045`, false],
    [`${ofMysql('')}, Error_code: MY-001045`, false],
    [`${ofMysql('')} (1040)`, false],
    ['"Got fatal error from source when reading data from binary log"', false],
  ])('while it tries and says %s: %s', (lastIoError, expected) => {
    expect(misses(reconnecting, { lastIoError })).toBe(expected);
  });

  it('when it has given up, unless somebody has stopped it, or its source refused it', () => {
    const stopped = (lastIoError: string) => misses(receiverStopped, { lastIoError });
    expect(stopped(ofMysql(" Message: Can't connect to MySQL server on 'db1:3306' (111)"))).toBe(true);
    expect(stopped(ofMysql(' Message: Too many connections'))).toBe(false);
    expect(stopped('""')).toBe(false);
  });

  it('by the number where a probe has brought it, whatever the text says', () => {
    const live = (lastErrorNumber: number): Change => ({ evidence: { ...NO_EVIDENCE, lastErrorNumber } });
    expect(misses(reconnecting, live(2003), { lastIoError: ofMysql(' Message: Too many connections') })).toBe(true);
    expect(misses(reconnecting, live(1040), { lastIoError: ofMysql('') })).toBe(false);
  });
});
