// Whether a process is there, by its id: how to tell what a killed one left behind from what a living one uses.

/** Also true of a process of another user. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
