/**
 * The statement that marks a place in every log it comes to, and changes nothing (spec/topology-operations.md 4.2). The schema need not exist.
 */
import type { StatementFact } from './dialect.ts';

/** Where markers pretend to be. */
export const PSEUDO_GTID_SCHEMA = '_pseudo_gtid_';

/**
 * Quoted as a name: a marker with a back-tick in it would end the name and begin a statement. In small letters: logs keep it as it was sent, and markers are
 * recognised by this very text.
 */
export function pseudoGtidStatement(marker: string): string {
  return `drop view if exists \`${PSEUDO_GTID_SCHEMA}\`.\`${marker.replaceAll('`', '``')}\``;
}

/** As the list of statements has it, alike in both families. Whoever is not granted it on a cluster's primary has no markers there. */
export const PSEUDO_GTID_FACT: StatementFact = {
  name: 'inject-pseudo-gtid',
  sql: `drop view if exists \`${PSEUDO_GTID_SCHEMA}\`.\`…\``,
  purpose: 'a mark in all binary logs, by which servers without GTID are compared; changes nothing',
  privileges: [{ name: 'DROP', on: `\`${PSEUDO_GTID_SCHEMA}\`.*` }],
  changes: true,
};
