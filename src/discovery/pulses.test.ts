import { describe, expect, it } from 'vitest';
import type { InstanceKey } from '../model/instance-key.ts';
import type { ServerFailure } from '../model/server-failure.ts';
import { Topology } from '../model/topology.ts';
import { sampleKey, sampleReplica, sampleServer } from '../model/topology-samples.ts';
import { Pulses } from './pulses.ts';
import { ManualClock } from './testing.ts';

const PRIMARY = sampleKey(1);
const SILENT: ServerFailure = { kind: 'timeout', phase: 'answer', text: 'i/o timeout' };
const LOST: ServerFailure = { kind: 'lost', phase: 'answer', text: 'bad connection' };

type Answer = ServerFailure | 'busy' | null;

/** A primary with a replica, and what each ping gives; it is late after 150 ms. */
function aWorld(answer: (clock: ManualClock) => Promise<Answer>) {
  const clock = new ManualClock();
  const topology = new Topology();
  topology.putAll([sampleServer(1), sampleReplica(2, 1)]);
  const [pings, late, silent]: number[][] = [[], [], []];
  const pulses = new Pulses({
    topology,
    clock,
    random: () => 0.5,
    ping: () => {
      pings?.push(clock.monotonic());
      return answer(clock);
    },
    lateMillis: () => 150,
    onLate: (_: InstanceKey) => late?.push(clock.monotonic()),
    onSilent: () => silent?.push(clock.monotonic()),
  });
  return { clock, topology, pulses, pings, late, silent };
}

const atOnce = async (): Promise<Answer> => null;

async function answerAfter(clock: ManualClock, millis: number, answer: Answer): Promise<Answer> {
  await clock.sleep(millis as Parameters<ManualClock['sleep']>[0]);
  return answer;
}

describe('the pulse of a source', () => {
  it('is taken some times a second, in a phase of its own', async () => {
    const { clock, pulses, pings, late } = aWorld(atOnce);
    pulses.watch(PRIMARY);
    pulses.watch(PRIMARY);
    await clock.advance(1_000);
    expect(pings).toEqual([125, 375, 625, 875]);
    expect(late).toEqual([]);
  });

  it('A24: that is late is told while it is waited for, and then that it did not come', async () => {
    const { clock, pulses, late, silent, pings } = aWorld((clock) => answerAfter(clock, 1_000, SILENT));
    pulses.watch(PRIMARY);
    await clock.advance(5_000);
    expect([pings, late, silent]).toEqual([[125], [275], [1_125]]);
  });

  it('that comes late goes on', async () => {
    const { clock, pulses, late, silent, pings } = aWorld((clock) => answerAfter(clock, 200, null));
    pulses.watch(PRIMARY);
    await clock.advance(700);
    expect([pings, late, silent]).toEqual([[125, 375, 625], [275, 525], []]);
  });

  it.each([
    ['busy with a probe, whose answer tells', 'busy' as const],
    ['on a wire that broke, which was told', LOST],
  ])('goes on where the connection is %s', async (_, answer) => {
    const { clock, pulses, pings, silent } = aWorld(async () => answer);
    pulses.watch(PRIMARY);
    await clock.advance(500);
    expect([pings, silent]).toEqual([[125, 375], []]);
  });

  it('A16: is not taken of a server that is nobody’s source', async () => {
    const { clock, pulses, pings } = aWorld(atOnce);
    pulses.watch(sampleKey(2));
    await clock.advance(1_000);
    expect(pings).toEqual([]);
  });

  it('ends when its replicas have left it, and begins anew when it has some', async () => {
    const { clock, topology, pulses, pings } = aWorld(atOnce);
    pulses.watch(PRIMARY);
    await clock.advance(200);
    topology.put(sampleReplica(2, 9));
    await clock.advance(1_000);
    expect(pings).toEqual([125]);
    topology.put(sampleReplica(2, 1));
    pulses.watch(PRIMARY);
    await clock.advance(300);
    expect(pings).toHaveLength(2);
    expect(clock.timers).toBe(1);
  });

  it('is taken less often of each where there are thousands', async () => {
    const { clock, topology, pulses, pings } = aWorld(atOnce);
    for (let port = 1_000; port < 3_000; port++)
      topology.putAll([sampleServer(port), sampleReplica(port + 9_000, port)]);
    for (let port = 1_000; port < 3_000; port++) pulses.watch(sampleKey(port));
    await clock.advance(2_000);
    expect(pings?.length).toBeLessThanOrEqual(4_000);
  });

  it('leaves nothing behind when it is stopped, also in the middle of a ping', async () => {
    const { clock, pulses, pings } = aWorld((clock) => answerAfter(clock, 100, null));
    pulses.watch(PRIMARY);
    await clock.advance(150);
    pulses.stop();
    await clock.advance(1_000);
    expect(pings).toEqual([125]);
    expect(clock.timers).toBe(0);
  });
});
