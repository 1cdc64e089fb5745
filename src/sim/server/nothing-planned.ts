import type { Planned } from '../event-queue.ts';

/** For what has happened at once: there is nothing to give up. */
export const NOTHING_PLANNED: Planned = { cancel: () => {} };
