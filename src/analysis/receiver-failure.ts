/**
 * Whether a replica's receiver fails to connect to its source (`ioFail` of spec/failure-detection.md section 4).
 */
import type { Instance } from '../model/instance.ts';
import { isSourceSilent } from '../model/source-silence.ts';

/**
 * Numbers a receiver reports when it cannot reach or enter its source: the client library's own errors (2000-2999: refused,
 * reset, timed out, handshake and TLS failures) and what a server answers at the door.
 */
const SERVER_REFUSES_CONNECTION: ReadonlySet<number> = new Set([
  1040, // too many connections
  1042,
  1043, // host name or handshake
  1044,
  1045,
  1698, // access denied
  1053, // shutdown in progress
  1129,
  1130, // host blocked, host not allowed
  1158,
  1159,
  1160,
  1161, // network packets
  1203,
  1226, // the user's own limits
  1251, // protocol too old
  1862,
  3118, // password expired, account locked
  3032,
  6400, // offline mode; 9.x gives the reason: a member that its group has shut out goes there by itself
]);

/**
 * `error `, anything, then either family's wording. "reconnecting" matches too, on purpose (contract). The last is MaxScale's, which has that one text: a
 * stored binlog server would look well to commands that run without a server (A17).
 */
const CONNECT_ERROR_TEXT = /error .*connecting to (?:master|source)|lost connection to backend server/is;

/**
 * The receiver is stopped or still connecting, the applier runs, and the receiver's last error is one of connecting.
 *
 * A live probe brings the error's number, which decides; stored rows have only the text, for which the contract has a rule.
 * Numbers we do not know fall back to the text. That the applier must run is the contract's: a replica stopped by hand is not
 * one that fails to connect.
 */
export function failsToConnect(replica: Instance): boolean {
  if (replica.receiverRunning || !replica.applierRunning) return false;
  const errorNumber = replica.evidence?.lastErrorNumber ?? null;
  if (errorNumber === 0) return false;
  if (errorNumber !== null && isConnectErrorNumber(errorNumber)) return true;
  return CONNECT_ERROR_TEXT.test(replica.lastIoError);
}

function isConnectErrorNumber(errorNumber: number): boolean {
  return isUnreachableNumber(errorNumber) || SERVER_REFUSES_CONNECTION.has(errorNumber);
}

/** The client library's own errors: refused, reset, timed out. */
const isUnreachableNumber = (errorNumber: number): boolean => errorNumber >= 2000 && errorNumber <= 2999;

/**
 * Whether a receiver speaks of its source's death: it tries and gets no answer, has given up trying, or is connected and hears nothing any more.
 *
 * One that somebody has stopped says nothing of the source, and neither does one that stopped with an error of its own. A source that answers
 * at the door ("too many connections", "access denied") lives.
 */
export function missesItsSource(replica: Instance): boolean {
  const errorNumber = replica.evidence?.lastErrorNumber ?? null;
  if (errorNumber !== null && SERVER_REFUSES_CONNECTION.has(errorNumber)) return false;
  if (replica.receiverState === 'other' || isSourceSilent(replica)) return true;
  if (replica.receiverState !== 'stopped') return false;
  return errorNumber === null ? CONNECT_ERROR_TEXT.test(replica.lastIoError) : isUnreachableNumber(errorNumber);
}
