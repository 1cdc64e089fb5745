/** What probes of MySQL before 8.4 tell, whichever words a release has for it; recorded from documentation, since none of them runs here. */
import { describe, expect, it } from 'vitest';
import { readProbe as readProbe57 } from '../mysql-57/read-probe.ts';
import { readProbe as readProbe80 } from '../mysql-80/read-probe.ts';
import { recordedRows } from '../testing.ts';
import { type FieldCase, saying, statusColumns, statusVariables, variableFields } from './testing.ts';

const key = { hostname: '127.0.0.1', port: 22294 };
const PRIMARY_UUID = '80e5b0a1-e72e-11f1-9aa6-02fc00000001';

describe.each([
  { server: 'mysql-57', version: '5.7.44-log', words: 'old', readProbe: readProbe57 },
  { server: 'mysql-80', version: '8.0.36', words: 'modern', readProbe: readProbe80 },
] as const)('$server', ({ server, version, words, readProbe }) => {
  /** What is known of a replica that says this there; undefined: nothing. */
  const reading = (section: string, place: string, value: unknown) =>
    readProbe(key, saying(recordedRows(`${server}-replica`), section, place, value)).instance;

  describe.each([
    ['a column', 'replication', statusColumns(words)],
    ['a variable', 'variables', variableFields(words)],
    ['a status variable', 'status', statusVariables(words)],
  ] as const satisfies readonly (readonly [string, string, readonly FieldCase[]])[])('%s', (_, section, cases) => {
    it.each(cases)('%s is told by %s', (_what, place, value, facts) => {
      expect(reading(section, place, value)).toMatchObject(facts);
      expect(reading(section, place, undefined)).not.toMatchObject(facts);
    });

    it('costs its own fact alone where the server has none such', () => {
      const rest = cases.filter(([, place]) => place !== cases[0]?.[1]);
      for (const [, place, value, facts] of rest) {
        const rows = saying(recordedRows(`${server}-replica`), section, cases[0]?.[1] ?? '', undefined);
        expect(readProbe(key, saying(rows, section, place, value)).instance).toMatchObject(facts);
      }
    });
  });

  describe('a probe of a replica', () => {
    const facts = readProbe(key, recordedRows(`${server}-replica`));

    it('tells who it is, whom it follows and how far it is', () => {
      expect(facts.instance).toMatchObject({
        key,
        serverId: 22294,
        version,
        superReadOnly: true,
        logReplicaUpdatesEnabled: true,
        sourceKey: { hostname: '127.0.0.1', port: 22293 },
        sourceUuid: PRIMARY_UUID,
        receiverState: 'running',
        applierState: 'running',
        executedGtidSet: `${PRIMARY_UUID}:1`,
        readCoordinates: { file: 'binlog.000001', pos: 347, type: 'binary' },
        selfCoordinates: { file: 'binlog.000001', pos: 354, type: 'binary' },
        replicationCredentialsAvailable: true,
      });
      expect(facts).toMatchObject({ hostname: 'db2.example', reportPort: 22294, replicationUser: 'repl' });
    });

    it('A8: tells of the receiver what proves that its source lives', () => {
      expect(facts.instance.evidence).toMatchObject({
        heartbeatsReceived: 1,
        heartbeatPeriodMillis: 1000,
        receivedGtid: `${PRIMARY_UUID}:1`,
        partialTransaction: '',
      });
    });

    it('tells both sides of semi-sync', () => {
      expect(facts.instance.semiSync).toMatchObject({
        available: true,
        sourcePluginModern: words === 'modern',
        replicaPluginModern: words === 'modern',
        sourceEnabled: false,
        replicaEnabled: true,
        sourceTimeoutMillis: 10_000n,
        sourceWaitForReplicaCount: 1,
        replicaStatus: true,
      });
    });
  });

  describe('a probe of a primary', () => {
    const facts = readProbe({ hostname: '127.0.0.1', port: 22293 }, recordedRows(`${server}-primary`));

    it('has no source, and names its replicas both ways', () => {
      expect(facts.instance).toMatchObject({ sourceKey: null, receiverState: 'none', evidence: null, readOnly: false });
      expect(facts.registeredReplicas).toEqual([{ host: '127.0.0.1', port: 22294, user: '' }]);
      expect(facts.dumpingReplicas).toEqual([{ host: '127.0.0.1', port: null, user: 'repl' }]);
    });

    it('counts its ackers', () => {
      expect(facts.instance.semiSync).toMatchObject({ sourceEnabled: true, sourceStatus: true, sourceClients: 1 });
    });
  });

  describe('a member of a replication group', () => {
    it('tells its role and the primary', () => {
      const own = '80e58d5a-e72e-11f1-8ace-02fc00000001';
      const rows = saying(recordedRows(`${server}-replica`), 'variables', 'group_replication_group_name', 'the-group');
      saying(rows, 'variables', 'group_replication_single_primary_mode', 1).set('group', [
        { id: own, host: 'gr', port: 1, state: 'ONLINE', role: 'SECONDARY' },
        { id: 'p', host: 'gr', port: 2, state: 'ONLINE', role: 'PRIMARY' },
      ]);
      expect(readProbe(key, rows).instance.group).toMatchObject({
        name: 'the-group',
        memberRole: 'SECONDARY',
        memberState: 'ONLINE',
        members: [{ hostname: 'gr', port: 2 }],
        primaryKey: { hostname: 'gr', port: 2 },
      });
    });
  });
});
