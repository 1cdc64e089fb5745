// CPU of the whole program per poll: parse, compare, store, analyse. Read from the operating system's accounting of its process.

import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { configureFor } from '../src/sandbox/demo-configuration.ts';
import type { Fleet } from '../src/sandbox/fleet.ts';
import { freePort } from '../src/sandbox/free-ports.ts';
import { startOrchestrator } from '../src/sandbox/orchestrator-process.ts';
import { makeWorkFolder, removeWorkFolder } from '../src/sandbox/work-folder.ts';
import { rounded } from './machine.ts';

/** Long enough for the just-in-time compiler to have done its work. */
const settleMillis = 10_000;
const measuredSeconds = 30;
/** Linux counts in hundredths of a second wherever Node runs (`getconf CLK_TCK`). */
const millisPerTick = 10;

/** All servers of the fleet polled once a second, nothing else going on. */
export async function serviceCpu(fleet: Fleet): Promise<object> {
  const folder = makeWorkFolder();
  try {
    const configuration = { ...(await configureFor(fleet)), InstancePollSeconds: 1 };
    const orchestrator = await startOrchestrator({ folder, port: await freePort(), configuration });
    try {
      await pause(settleMillis);
      const before = cpuMillis(orchestrator.pid);
      await pause(measuredSeconds * 1_000);
      const used = cpuMillis(orchestrator.pid) - before;
      const polls = fleet.servers.length * measuredSeconds;
      return {
        servers: fleet.servers.length,
        pollSeconds: 1,
        measuredSeconds,
        cpuMillisPerSecond: rounded(used / measuredSeconds),
        cpuMillisPerPoll: rounded(used / polls),
      };
    } finally {
      await orchestrator.stop();
    }
  } finally {
    removeWorkFolder(folder);
  }
}

function cpuMillis(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * millisPerTick;
}
