/** A GTID set as MySQL prints it: each originator on a line of its own. */
export const gtidSetLines = (text: string): string => (text.includes(',') ? text.replaceAll(',', ',\n') : text);
