// Memory of another process, from /proc.

import { readFileSync } from 'node:fs';

const kibibytesPerMebibyte = 1024;

export interface ProcessMemory {
  readonly residentMebibytes: number;
  /** The most it ever was. */
  readonly peakMebibytes: number;
}

export function memoryOf(pid: number): ProcessMemory {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const field = (name: string): number => {
    const [, kibibytes] = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status) ?? [];
    return Math.round(Number(kibibytes) / kibibytesPerMebibyte);
  };
  return { residentMebibytes: field('VmRSS'), peakMebibytes: field('VmHWM') };
}
