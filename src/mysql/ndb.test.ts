import { describe, expect, it } from 'vitest';
import { parseServerVersion } from '../model/server-version.ts';
import { mysql84 } from './mysql-84/mysql-84.ts';
import { ndbSections, sqlNodes } from './ndb.ts';
import { recordedRows } from './testing.ts';

const self = { hostname: 'sql1', port: 3307 };
const nodes = (...uris: readonly unknown[]) =>
  sqlNodes(
    uris.map((uri) => ({ uri })),
    self,
  ).map(({ host, port }) => `${host} ${port}`);

describe('the SQL nodes of an NDB Cluster', () => {
  // URIs as in the MySQL manual, "The ndbinfo processes Table".
  it.each([
    ['mysql://198.51.100.3:3306/?server-id=1', '198.51.100.3 3306'],
    ['mysql://198.51.100.3:3306', '198.51.100.3 3306'],
    ['mysql://sql2.example', 'sql2.example 3307'],
    ['mysql://sql2.example/?server-id=4', 'sql2.example 3307'],
    ['mysql://[2001:db8::7]:3308/?server-id=4', '2001:db8::7 3308'],
    ['mysql://u@sql2.example:3306', 'sql2.example 3306'],
    ['mysql://u:p@[2001:db8::7]/?server-id=4', '2001:db8::7 3307'],
    ['mysql://sql2.example?for=u@h', 'sql2.example 3307'],
    ['mysql://sql2.example:65535', 'sql2.example 65535'],
  ])('%s is %s', (uri, node) => {
    expect(nodes(uri)).toEqual([node]);
  });

  it.each([
    'mysql://198.51.100.3/tmp/mysql.sock',
    'ndb://198.51.100.3:1186',
    'mysql://',
    'mysql://u@',
    'mysql://u@v@sql2',
    'mysql://sql2:99999',
    'mysql://sql2:0',
    'mysql://sql2:port',
    'mysql://2001:db8::7',
    '',
    null,
  ])('%s is none that anybody could reach', (uri) => {
    expect(nodes(uri)).toEqual([]);
  });

  it('are asked for where the version says NDB, and nowhere else', () => {
    const asked = (version: string) => ndbSections(parseServerVersion(version)).map(({ name }) => name);
    expect(asked('8.4.7-ndb-8.4.7')).toEqual(['ndb']);
    expect(asked('5.7.44-ndb-7.6.36-cluster-gpl')).toEqual(['ndb']);
    expect(asked('8.4.7')).toEqual([]);
  });

  it('are part of the probe of such a server, which does without where they are refused', () => {
    const sections = mysql84.probeSections(new Set(['version']), parseServerVersion('8.4.7-ndb-8.4.7'));
    expect(sections.find(({ name }) => name === 'ndb')).toMatchObject({ essential: false });
    const rows = recordedRows('mysql-primary').set('ndb', [{ uri: 'mysql://198.51.100.4:3306/?server-id=2' }]);
    expect(mysql84.readProbe(self, rows).sqlNodes).toEqual([{ host: '198.51.100.4', port: 3306, user: '' }]);
  });
});
