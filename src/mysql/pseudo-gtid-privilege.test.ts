import { describe, expect, it } from 'vitest';
import { mayInjectMarkers } from './pseudo-gtid-privilege.ts';

const rows = (...lines: readonly string[]) => lines.map((line) => ({ 'Grants for orc@%': line }));

describe('O50: who may write markers', () => {
  it.each<[string, readonly string[]]>([
    ['everything', ['GRANT ALL PRIVILEGES ON *.* TO `orc`@`%` WITH GRANT OPTION']],
    ['DROP everywhere', ['GRANT SELECT, DROP, RELOAD ON *.* TO `orc`@`%`']],
    ['DROP in the schema', ['GRANT USAGE ON *.* TO `orc`@`%`', 'GRANT DROP ON `_pseudo_gtid_`.* TO `orc`@`%`']],
    ['everything in the schema', ["GRANT ALL PRIVILEGES ON `\\_pseudo\\_gtid\\_`.* TO 'orc'@'%'"]],
    ['in double quotes', ['GRANT DROP ON "_pseudo_gtid_".* TO "orc"@"%"']],
    ['a pattern of schemas', ['GRANT DROP ON `\\_pseudo%`.* TO `orc`@`%`']],
    ['an active role of MariaDB', ['GRANT `r` TO `orc`@`%`', 'GRANT DROP ON `_pseudo_gtid_`.* TO `r`']],
    ['revoked elsewhere', ['GRANT DROP ON *.* TO `orc`@`%`', 'REVOKE DROP ON `mysql`.* FROM `orc`@`%`']],
  ])('%s: may', (_name, lines) => {
    expect(mayInjectMarkers(rows(...lines))).toBe(true);
  });

  it.each<[string, readonly string[]]>([
    ['nothing', []],
    ['DROP ROLE', ['GRANT CREATE ROLE, DROP ROLE ON *.* TO `orc`@`%`']],
    ['a role that is not active', ['GRANT USAGE ON *.* TO `orc`@`%`', 'GRANT `dropper`@`%` TO `orc`@`%`']],
    ['DROP in another schema', ['GRANT DROP ON `pseudo_gtid`.* TO `orc`@`%`']],
    ['DROP of one table', ['GRANT DROP ON `_pseudo_gtid_`.`t` TO `orc`@`%`']],
    ['revoked in the schema', ['GRANT DROP ON *.* TO `orc`@`%`', 'REVOKE DROP ON `_pseudo_gtid_`.* FROM `orc`@`%`']],
    ['a name of a user with DROP in it', ['GRANT SELECT ON *.* TO `DROP ON *.* x`@`%`']],
    ['a pattern that does not fit', ['GRANT DROP ON `\\_pseudo\\_gtid\\_\\_%`.* TO `orc`@`%`']],
  ])('%s: may not', (_name, lines) => {
    expect(mayInjectMarkers(rows(...lines))).toBe(false);
  });

  it('any pattern is decided at once', () => {
    expect(mayInjectMarkers(rows(`GRANT DROP ON \`${'%_'.repeat(32)}x\`.* TO \`orc\`@\`%\``))).toBe(false);
    expect(mayInjectMarkers(rows(`GRANT DROP ON \`${'%'.repeat(64)}\`.* TO \`orc\`@\`%\``))).toBe(true);
  });
});
