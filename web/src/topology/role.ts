/** What a server is in its cluster. */
import type { Server } from '../model/server.ts';

export type Role = 'primary' | 'co-primary' | 'intermediate-primary' | 'replica' | 'lost';

/** Reason that a recovery writes into the downtime of servers it had to leave behind (spec/recovery.md). */
const LOST_IN_RECOVERY = 'lost-in-recovery';

/** `countReplicas`: how many servers of the picture replicate from it. */
export function roleOf(server: Server, countReplicas: number): Role {
  if (server.downtime?.reason === LOST_IN_RECOVERY && server.receiver !== 'running') return 'lost';
  if (server.isCoPrimary) return 'co-primary';
  if (server.groupName !== '') return server.groupRole === 'PRIMARY' ? 'primary' : 'replica';
  if (server.sourceKey === null) return 'primary';
  return countReplicas > 0 ? 'intermediate-primary' : 'replica';
}

const ROLE_WORDS: Readonly<Record<Role, string>> = {
  primary: 'Primary',
  'co-primary': 'Co-primary',
  'intermediate-primary': 'Intermediate primary',
  replica: 'Replica',
  lost: 'Lost in recovery',
};

export function roleWords(role: Role): string {
  return ROLE_WORDS[role];
}
