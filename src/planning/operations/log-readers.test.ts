/** Who needs a server's binary logs (O65). */
import { describe, expect, it } from 'vitest';
import { instanceKeyText } from '../../model/instance-key.ts';
import { sampleReplica, sampleServer } from '../../model/topology-samples.ts';
import { logReaders } from './log-readers.ts';
import { at, aWorld, byPosition, OTHER, PRIMARY, REPLICA } from './testing.ts';

const readersOf = (...servers: Parameters<typeof aWorld>[0]) => {
  const { topology } = aWorld(servers);
  const primary = topology.get(at(PRIMARY));
  if (primary === undefined) throw new Error('no primary');
  return logReaders(primary, topology).map(
    ({ key, applied }) => `${instanceKeyText(key)} ${applied === null ? 'unknown' : `${applied.file}:${applied.pos}`}`,
  );
};

describe('readers of binary logs', () => {
  it('are its replicas, and those behind its binlog servers, not those below its replicas', () => {
    expect(
      readersOf(
        sampleServer(PRIMARY),
        sampleReplica(REPLICA, PRIMARY, byPosition(1)),
        sampleReplica(OTHER, PRIMARY, { ...byPosition(2), isBinlogServer: true }),
        sampleReplica(3304, OTHER, byPosition(3)),
        sampleReplica(3305, REPLICA, byPosition(4)),
      ),
    ).toEqual(['127.0.0.1:3302 bin.000007:1', '127.0.0.1:3303 bin.000007:2', '127.0.0.1:3304 bin.000007:3']);
  });

  it('are those that are detached from it: they may come back', () => {
    const masked = { hostname: '//127.0.0.1', port: PRIMARY };
    expect(
      readersOf(sampleServer(PRIMARY), sampleReplica(REPLICA, PRIMARY, { ...byPosition(1), sourceKey: masked })),
    ).toEqual(['127.0.0.1:3302 bin.000007:1']);
  });

  it('are those of which nobody knows where they stand: further channels, and who is named and was never seen', () => {
    const channel = {
      name: 'b',
      sourceKey: at(PRIMARY),
      receiverState: 'running',
      applierState: 'running',
      usingGtid: false,
      receivedGtid: '',
    } as const;
    const elsewhere = sampleReplica(REPLICA, OTHER, { otherChannels: [channel] });
    expect(
      readersOf(sampleServer(PRIMARY, { replicas: [at(3399), at(OTHER)] }), sampleServer(OTHER), elsewhere).sort(),
    ).toEqual(['127.0.0.1:3302 unknown', '127.0.0.1:3399 unknown']);
  });

  it('of co-primaries the server itself is none', () => {
    const one = sampleReplica(PRIMARY, REPLICA, byPosition(1));
    const other = sampleReplica(REPLICA, PRIMARY, byPosition(2));
    expect(readersOf(one, other)).toEqual(['127.0.0.1:3302 bin.000007:2']);
  });
});
