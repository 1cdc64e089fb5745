/**
 * The real surroundings: this process, its streams and its machine.
 */
import { hostname, userInfo } from 'node:os';
import { readFileFromDisk } from '../config/read-file.ts';
import type { Surroundings } from './surroundings.ts';
import { readVersion } from './version.ts';

export function processSurroundings(): Surroundings {
  return {
    env: process.env,
    readFile: readFileFromDisk,
    writeOut: (text) => process.stdout.write(text),
    writeError: (text) => process.stderr.write(text),
    now: () => new Date(),
    hostname,
    username,
    version: () => readVersion(import.meta.dirname),
    openNode: async (options) => (await import('../service/open-node.ts')).openNode(options),
    openHttpDoor: async (options) => (await import('./http-door.ts')).openHttpDoor(options),
    askService: async (...asked) => (await import('./ask-service.ts')).askService(...asked),
    onSignal: (signal, run) => {
      process.on(signal, run);
    },
    exit: (status) => process.exit(status),
  };
}

/** A container may run under a number that nobody named. */
function username(): string | null {
  try {
    return userInfo().username;
  } catch {
    return process.env['USER'] || process.env['LOGNAME'] || null;
  }
}
