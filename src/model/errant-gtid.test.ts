import { describe, expect, it } from 'vitest';
import { errantGtidSet } from './errant-gtid.ts';
import type { Instance, OtherChannel } from './instance.ts';
import { Topology } from './topology.ts';
import { sampleGroup, sampleKey, sampleReplica, sampleServer, sampleUuid } from './topology-samples.ts';

const [a, b, c] = [sampleUuid(1001), sampleUuid(1002), sampleUuid(1003)];

/** What is errant on a server once all are in the picture. */
function errantOn(port: number, ...servers: Instance[]): string {
  const topology = new Topology();
  topology.putAll(servers);
  const instance = topology.get(sampleKey(port));
  if (instance === undefined) throw new Error(`no server ${port}`);
  return errantGtidSet(instance, topology.parentOf(instance.key));
}

describe('errant transactions', () => {
  const source = sampleServer(1001, { executedGtidSet: `${a}:1-10` });
  const replica = (executedGtidSet: string) => sampleReplica(1002, 1001, { executedGtidSet });

  it('are none while the replica has only what its source originated, even what we have not seen there yet', () => {
    expect(errantOn(1002, source, replica(`${a}:1-12`))).toBe('');
  });

  it('are those the replica originated itself', () => {
    expect(errantOn(1002, source, replica(`${a}:1-10,${b}:1-3`))).toBe(`${b}:1-3`);
  });

  it('are, of a server elsewhere, those the source has not executed', () => {
    const knowing = sampleServer(1001, { executedGtidSet: `${a}:1-10,${c}:1-5` });
    expect(errantOn(1002, knowing, replica(`${a}:1-10,${c}:1-7`))).toBe(`${c}:6-7`);
  });

  it('with a tag are errant like any other', () => {
    expect(errantOn(1002, source, replica(`${a}:1-10,${b}:audit:1`))).toBe(`${b}:audit:1`);
  });

  it('are none below the server that originated them, but appear when the replica is moved away from it', () => {
    const errant = replica(`${a}:1-10,${b}:1`);
    const set = { executedGtidSet: `${a}:1-10,${b}:1` };
    expect(errantOn(1003, source, errant, sampleReplica(1003, 1002, set))).toBe('');
    expect(errantOn(1003, source, errant, sampleReplica(1003, 1001, set))).toBe(`${b}:1`);
  });

  it('are none between co-primaries that have not applied each other’s writes yet', () => {
    const one = sampleReplica(1001, 1002, { executedGtidSet: `${a}:1-10` });
    const other = sampleReplica(1002, 1001, { executedGtidSet: `${a}:1-9,${b}:1-3` });
    expect(errantOn(1001, one, other)).toBe('');
    expect(errantOn(1002, one, other)).toBe('');
  });

  it('are not told of a server that has further sources: what came from those is not errant', () => {
    const other: OtherChannel = {
      name: 'other',
      sourceKey: sampleKey(1003),
      receiverState: 'running',
      applierState: 'running',
      usingGtid: true,
      receivedGtid: '',
    };
    const both = replica(`${a}:1-10,${c}:1-10`);
    expect(errantOn(1002, source, both)).toBe(`${c}:1-10`);
    expect(errantOn(1002, source, { ...both, otherChannels: [other] })).toBe('');
  });

  it('are not told without a source or its set, nor from sets that cannot be read', () => {
    expect(errantOn(1002, replica(`${b}:1`))).toBe('');
    expect(errantOn(1002, sampleServer(1001), replica(`${b}:1`))).toBe('');
    expect(errantOn(1002, source, replica('nonsense'))).toBe('');
  });

  it('are compared with the group’s primary on a group secondary, whose group’s own transactions count as inherited', () => {
    const primary = sampleServer(1001, { executedGtidSet: `${a}:1-10`, group: sampleGroup(1001, 1001) });
    const secondary = (executedGtidSet: string) =>
      sampleServer(1002, { executedGtidSet, group: sampleGroup(1001, 1002) });
    expect(errantOn(1002, primary, secondary('group-uuid:1-4'))).toBe('');
    expect(errantOn(1002, primary, secondary(`group-uuid:1-4,${b}:1`))).toBe(`${b}:1`);
  });
});
