// A pretended binlog server answers what the dialect of MaxScale asks, and is read as what it is.
import { describe, expect, it } from 'vitest';
import { parseServerVersion } from '../../src/model/server-version.ts';
import { readProbe } from '../../src/mysql/maxscale/read-probe.ts';
import { probeSections, VERSION_VARIABLE } from '../../src/mysql/maxscale/statements.ts';
import { recordedRows } from '../../src/mysql/testing.ts';
import { binlogServerOptions, serverOptions } from '../../src/sim/server/server-options.ts';
import { keyOf, TestWorld } from '../../src/sim/testing.ts';

function probed(happens: (world: TestWorld) => void = () => {}) {
  const world = new TestWorld([serverOptions('mysql', 1), binlogServerOptions(1)]);
  world.run(100);
  happens(world);
  const client = world.client('bls1', 'orc');
  const sections = probeSections(new Set([VERSION_VARIABLE]), parseServerVersion('2.4.10-maxscale'));
  return new Map(sections.map(({ name, sql }) => [name, client.rows(sql)]));
}

describe('a probe of a pretended binlog server', () => {
  it('has every section, with the columns of the documented one', () => {
    const rows = probed();
    expect(Object.keys(rows.get('replication')?.[0] ?? {})).toEqual(
      Object.keys(recordedRows('maxscale').get('replication')?.[0] ?? {}),
    );
    const { instance } = readProbe(keyOf('bls1'), rows);
    expect(instance).toMatchObject({
      isBinlogServer: true,
      version: '2.4.10-maxscale',
      serverId: 1,
      sourceKey: keyOf('db1'),
      receiverState: 'running',
      applierState: 'running',
      usingOracleGtid: false,
      lastIoError: '',
    });
    expect(instance.selfCoordinates).toEqual(instance.readCoordinates);
  });

  it('A17: tells that it cannot reach its source', () => {
    const { instance } = readProbe(
      keyOf('bls1'),
      probed((world) => {
        world.server('db1').kill();
        world.run(100);
      }),
    );
    expect(instance).toMatchObject({
      receiverState: 'other',
      applierState: 'running',
      lastIoError: '"#HY000 Lost connection to backend server."',
      evidence: { lastErrorNumber: 2003 },
    });
  });
});
