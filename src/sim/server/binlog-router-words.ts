/** What MaxScale's binlog router says when something fails: it has one text for each kind (release 2.4). */

/** To whoever says what it does not know. */
export const NOT_UNDERSTOOD =
  'You have an error in your SQL syntax; Check the syntax the MaxScale binlog router accepts.';

/** Of its source, whatever has become of that. */
export const LOST_CONNECTION = '#HY000 Lost connection to backend server.';
