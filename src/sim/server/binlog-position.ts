/**
 * Places in a binary log as files and bytes. One file, and each transaction of one size: clients compare positions and look into nothing.
 */

/** The file of the transactions, and what a server that has received nothing shows. */
export const BINLOG_FILE = 'binlog.000001';

/** What a new file begins with: format description, previous GTIDs. */
const HEADER_BYTES = 158;

const TRANSACTION_BYTES = 274;

/** Behind so many transactions. */
export const binlogPosition = (transactions: number): number => HEADER_BYTES + transactions * TRANSACTION_BYTES;
