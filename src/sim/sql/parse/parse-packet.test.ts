import { describe, expect, it } from 'vitest';
import { aWorld, toldOf } from '../../testing.ts';

const FAMILIES = ['mysql', 'mariadb'] as const;

const syntaxError = (product: string, near: string, line = 1) =>
  `1064: You have an error in your SQL syntax; check the manual that corresponds to your ${product} server version for the right syntax to use near '${near}' at line ${line}`;

describe.each(FAMILIES)('a packet at a pretended %s server', (family) => {
  const world = aWorld({ family, replicas: 0 });
  const client = world.client('db1');
  const product = family === 'mysql' ? 'MySQL' : 'MariaDB';
  const ask = (sql: string) => client.ask(sql).map(toldOf);

  it('is answered statement by statement', () => {
    expect(ask('SELECT 1 AS a; SET @x = 2; SELECT @x AS b')).toEqual([[{ a: 1 }], 'ok', [{ b: 2 }]]);
  });

  it('stops at its first error', () => {
    expect(ask('SELECT 1 AS a; KILL 99; SELECT 2')).toEqual([[{ a: 1 }], '1094: Unknown thread id: 99']);
  });

  it('is read no further than a statement that cannot be read', () => {
    expect(ask('SELECT 1 AS a; SELEC 2; SELECT 3')).toEqual([[{ a: 1 }], syntaxError(product, 'SELEC 2; SELECT 3')]);
  });

  it('may hold comments, semicolons in texts, and a semicolon at its end', () => {
    expect(ask("SELECT 'a;b' AS x -- c;\n;\nSELECT 2 AS y # d\n;")).toEqual([[{ x: 'a;b' }], [{ y: 2 }]]);
  });

  it.each(['', ' ', ';', '-- nothing'])('is empty: "%s"', (sql) => {
    expect(ask(sql)).toEqual(['1065: Query was empty']);
  });

  it.each([
    ['SELECT', '', 1],
    ['SELECT 1 FROM', '', 1],
    ['SHOW NONSENSE', 'NONSENSE', 1],
    ["SELECT\n'a", "'a", 2],
    ['HELLO', 'HELLO', 1],
    ['SELECT 1; ; SELECT 2', '; SELECT 2', 1],
  ])('is refused as the server refuses it: %s', (sql, near, line) => {
    expect(ask(sql).at(-1)).toBe(syntaxError(product, near, line));
  });

  it('is answered by configuration where it is told so, by its exact text', () => {
    const answers = new Map([['select cluster_alias from meta.cluster', 'shop']]);
    const told = aWorld({ family, replicas: 0, options: () => ({ answers }) }).client('db1');
    const [, answer, last] = told.ask('SELECT 1\n;\nselect cluster_alias from meta.cluster\n;\nSELECT 2 AS two');
    expect(answer).toMatchObject({ kind: 'rows', rows: [['shop']] });
    expect(toldOf(last)).toEqual([{ two: 2 }]);
    expect(told.tell('select cluster_alias  from meta.cluster')).toBe("1146: Table 'meta.cluster' doesn't exist");
  });
});
