// What a number was measured on: without it nobody can compare two of them.

import { cpus, totalmem } from 'node:os';

const bytesPerGibibyte = 2 ** 30;

export interface Surroundings {
  readonly date: string;
  readonly node: string;
  readonly server: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGibibytes: number;
}

/** `server`: family and version of the measured servers. */
export function surroundings(server: string): Surroundings {
  const all = cpus();
  return {
    date: new Date().toISOString(),
    node: process.version,
    server,
    cpu: all[0]?.model.trim() ?? 'unknown',
    cores: all.length,
    memoryGibibytes: Math.round(totalmem() / bytesPerGibibyte),
  };
}
