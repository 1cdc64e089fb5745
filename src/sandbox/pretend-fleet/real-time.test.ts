import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { EventQueue } from '../../sim/event-queue.ts';
import { RealTime } from './real-time.ts';

function aWorld(): { queue: EventQueue; time: RealTime } {
  const queue = new EventQueue();
  const time = new RealTime(queue);
  onTestFinished(() => time.stop());
  return { queue, time };
}

describe('a world in real time', () => {
  it('lets happen what is due, without being asked', async () => {
    const { queue, time } = aWorld();
    const happened: string[] = [];
    time.now(() => {
      queue.after(20, () => happened.push('second'));
      queue.after(10, () => happened.push('first'));
    });
    expect(happened).toEqual([]);
    await vi.waitFor(() => expect(happened).toEqual(['first', 'second']));
    expect(queue.now).toBeGreaterThanOrEqual(20);
  });

  it('does what comes from outside after all that was due before', () => {
    const { queue, time } = aWorld();
    const happened: string[] = [];
    time.now(() => queue.after(1, () => happened.push('due')));
    const until = performance.now() + 5;
    while (performance.now() < until);
    time.now(() => happened.push('outside'));
    expect(happened).toEqual(['due', 'outside']);
  });

  it('does not begin another event inside of one: what comes from an event is a part of it', () => {
    const { queue, time } = aWorld();
    const happened: string[] = [];
    time.now(() => {
      queue.after(0, () => {
        time.now(() => happened.push('from within'));
        happened.push('the rest of it');
      });
      queue.after(0, () => happened.push('the next one'));
    });
    time.now(() => {});
    expect(happened).toEqual(['from within', 'the rest of it', 'the next one']);
  });

  it('stands still once it is stopped', async () => {
    const { queue, time } = aWorld();
    const happen = vi.fn();
    time.now(() => queue.after(5, happen));
    time.stop();
    await pause(30);
    expect(happen).not.toHaveBeenCalled();
  });
});
