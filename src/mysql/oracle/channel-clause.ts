/**
 * Naming the channel in a statement (MySQL manual 19.2.2). Without a name a statement means the channel without a name, and CHANGE makes one where there is none.
 */
import { literal } from '../sql-text.ts';

/** At the end of a statement; '' for the channel without a name, which releases before 5.7.6 have alone. */
export const forChannel = (channel: string): string => (channel === '' ? '' : ` FOR CHANNEL ${literal(channel)}`);
