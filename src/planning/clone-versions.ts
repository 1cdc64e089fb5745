/** Between which versions of MySQL a server can be cloned (manual, "Clone Plugin Limitations"). */
import { atLeast, isMysqlFamily, type ServerVersion } from '../model/server-version.ts';

/** Whether servers of that version have the plugin at all. */
export const hasClonePlugin = (version: ServerVersion): boolean => isMysqlFamily(version) && atLeast(version, 8, 0, 17);

/** From 8.0.37 on, and from 8.4 on, any two of one series; before, the very same release alone. Null: it goes. */
export function cloneVersionRefusal(recipient: ServerVersion, donor: ServerVersion): string | null {
  if (recipient.flavor !== donor.flavor) return `it is ${donor.flavor} ${donor.text}, the other ${recipient.flavor}`;
  const isSeries = recipient.major === donor.major && recipient.minor === donor.minor;
  if (!isSeries) return `it is of another series: ${donor.text}, the other ${recipient.text}`;
  if (recipient.patch === donor.patch || [recipient, donor].every(isTolerant)) return null;
  return `it is of another release: ${donor.text}, the other ${recipient.text}`;
}

const isTolerant = (version: ServerVersion): boolean =>
  version.minor === 0 && version.major === 8 ? atLeast(version, 8, 0, 37) : atLeast(version, 8, 4);
