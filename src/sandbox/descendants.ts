// Processes that this one has started, and those that they have started: what an interrupted start must not leave behind.

import { readdirSync, readFileSync } from 'node:fs';

/** Kills all of them. Some may have ended meanwhile. */
export function killDescendants(): void {
  for (const pid of descendantsOf(process.pid)) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It ended by itself.
    }
  }
}

function descendantsOf(ancestor: number): number[] {
  const childrenOf = Map.groupBy(processes(), ({ parent }) => parent);
  const found: number[] = [];
  const waiting = [ancestor];
  for (let pid = waiting.pop(); pid !== undefined; pid = waiting.pop()) {
    const children = (childrenOf.get(pid) ?? []).map((child) => child.pid);
    found.push(...children);
    waiting.push(...children);
  }
  return found;
}

function processes(): { pid: number; parent: number }[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => ({ pid: Number(name), parent: parentOf(name) }));
}

function parentOf(pid: string): number {
  try {
    // The program's name is in parentheses and may hold anything; the fields count from the last one.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return 0;
  }
}
