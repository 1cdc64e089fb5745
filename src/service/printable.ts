/** What servers, people and other nodes say is printed on a terminal: none of it may begin a line, or move the cursor. */
const CONTROLS = /[\p{Cc}\u2028\u2029]+/gu;

export const printable = (line: string): string => line.replace(CONTROLS, ' ');
