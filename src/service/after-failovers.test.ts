/** Former primaries that are back (G3), also after a mass event (B7). */
import { describe, expect, it } from 'vitest';
import { Picture } from '../discovery/picture.ts';
import { RememberingStore, settled } from '../discovery/testing.ts';
import { unixMillis } from '../model/brand.ts';
import { type Downtime, LOST_IN_RECOVERY } from '../model/decisions.ts';
import type { Instance } from '../model/instance.ts';
import { type KeyId, keyId } from '../model/instance-key.ts';
import type { RecoveryRecord } from '../model/recovery-record.ts';
import { sampleServer } from '../model/topology-samples.ts';
import { at, PRIMARY_PORT } from '../planning/testing.ts';
import { Recoveries } from '../recovery/recoveries.ts';
import type { RecoveryPorts } from '../recovery/recovery-ports.ts';
import { aRecord, RecoveryWorld } from '../recovery/testing.ts';
import { AfterFailovers } from './after-failovers.ts';

const [FORMER, SUCCESSOR] = [PRIMARY_PORT, PRIMARY_PORT + 1];

const replaced = (port: number, by: number): RecoveryRecord =>
  aRecord({
    digest: { ...aRecord().digest, key: at(port) },
    isSuccessful: true,
    end: unixMillis(1),
    successorKey: at(by),
  });

const lost = (port: number): readonly [KeyId, Downtime] => [
  keyId(at(port)),
  { key: at(port), owner: 'orc', reason: LOST_IN_RECOVERY, begin: unixMillis(0), end: unixMillis(1e12) },
];

/** What servers are told when one of them is seen in another state, and the former primary was known to be read-only, or not, before. */
async function toldWhen(
  seen: Instance,
  records: readonly RecoveryRecord[],
  wasReadOnly = true,
): Promise<readonly string[]> {
  const servers = [sampleServer(FORMER, { readOnly: false }), sampleServer(SUCCESSOR, { readOnly: false })];
  const world = new RecoveryWorld(servers, { records });
  const store: RecoveryPorts['store'] = {
    ...world.ports.store,
    recoveriesDisabled: async () => false,
    unfinishedRecoveries: async () => [],
    appendAudit: async () => {},
  };
  const ports = { ...world.ports, store };
  const picture = new Picture(new RememberingStore());
  picture.observed(sampleServer(FORMER, { readOnly: wasReadOnly }));
  picture.observed(sampleServer(SUCCESSOR, { readOnly: false }));
  const decisions = { downtimes: new Map([lost(FORMER)]) };
  const reprovisions = { loadReprovisions: async () => [] };
  const after = new AfterFailovers({
    picture,
    decisions,
    recoveries: new Recoveries(ports),
    ports,
    reprovisions,
    isReadOnlyByRestart: () => false,
  });
  after.start();
  picture.observed(seen);
  for (let turn = 0; turn < 20; turn++) await settled();
  after.stop();
  return world.told;
}

describe('G3: a former primary that is seen writable', () => {
  const back = sampleServer(FORMER, { readOnly: false });

  it('is made read-only', async () => {
    expect(await toldWhen(back, [replaced(FORMER, SUCCESSOR)])).toContain(`${FORMER} set-read-only`);
  });

  it('B7: is made read-only also when a hundred others have been replaced since', async () => {
    const others = Array.from({ length: 100 }, (_, index) => replaced(30_000 + index, 40_000 + index));
    expect(await toldWhen(back, [...others, replaced(FORMER, SUCCESSOR)])).toContain(`${FORMER} set-read-only`);
  });

  it('is left alone where nobody has its place', async () => {
    expect(await toldWhen(back, [])).toEqual([]);
  });

  it('B7: is not thought of when another server has changed', async () => {
    expect(await toldWhen(sampleServer(30_000), [replaced(FORMER, SUCCESSOR)], false)).toEqual([]);
  });
});
