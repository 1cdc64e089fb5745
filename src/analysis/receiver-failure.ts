/**
 * Whether a replica's receiver fails to connect to its source: for the published code (`ioFail` of spec/failure-detection.md section 4), and as a witness
 * of its source's death.
 */
import type { Instance } from '../model/instance.ts';
import { isSourceSilent } from '../model/source-silence.ts';

/** Numbers a receiver reports when a server answers it at the door, and does not let it in. */
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
 * The receiver is stopped or still connecting, the applier runs, and the receiver's last error is, by its text, one of connecting.
 *
 * By the text alone, also where a live probe has brought the number: the text is all that a row keeps, and what is published must be the same for a command on
 * the rows as for the service (spec sections 1 and 4). That the applier must run is the contract's too: a replica stopped by hand is not one that fails to connect.
 */
export const failsToConnect = (replica: Instance): boolean =>
  !replica.receiverRunning && replica.applierRunning && CONNECT_ERROR_TEXT.test(replica.lastIoError);

/** The client library's own errors: refused, reset, timed out. */
const isUnreachableNumber = (errorNumber: number): boolean => errorNumber >= 2000 && errorNumber <= 2999;

/**
 * Whether a receiver speaks of its source's death: it tries and gets no answer, has given up trying, or is connected and hears nothing any more.
 *
 * One that somebody has stopped says nothing of the source, and neither does one that stopped with an error of its own. A source that answers
 * at the door ("too many connections", "access denied") lives.
 */
export function missesItsSource(replica: Instance): boolean {
  const { evidence, lastIoError, receiverState } = replica;
  const errorNumber = evidence?.lastErrorNumber ?? numberIn(lastIoError);
  if (errorNumber !== null && SERVER_REFUSES_CONNECTION.has(errorNumber)) return false;
  if (isSourceSilent(replica)) return true;
  if (receiverState === 'other') return errorNumber !== null || isBlank(lastIoError) || saysNobodyAnswers(lastIoError);
  if (receiverState !== 'stopped') return false;
  return errorNumber === null ? saysNobodyAnswers(lastIoError) : isUnreachableNumber(errorNumber);
}

/** Rows quote the text, and the text of no error too. */
const isBlank = (text: string): boolean => text === '' || text === '""';

/** `Error_code: 1045`, `Error_code: MY-001045`, `error code: 3159`; `(2003)`, while what a system gives as its reason, `(111)`, has fewer digits or more. */
const NUMBER_TEXT = /error[_ ]code: (?:MY-)?0*(\d+)|\((\d{4})\)/i;

/** Null: the text tells none, as most do not. */
function numberIn(text: string): number | null {
  const match = NUMBER_TEXT.exec(text);
  return match === null ? null : Number(match[1] ?? match[2]);
}

const REASON_TEXT = /message: *([^"\s].*)/is;

/** What the client library says when nobody answers it: in English everywhere, unlike the words of a server that refuses. */
const NOBODY_ANSWERS_TEXT =
  /^(?:can't connect to |lost connection to |unknown (?:mysql )?server host |(?:mysql )?server has gone away)/i;

/**
 * For rows, which keep no number. Any other reason than these was given by a server, in whatever language, and that lives; old servers give none, and then
 * it is known only that the receiver does not get through.
 */
function saysNobodyAnswers(text: string): boolean {
  if (!CONNECT_ERROR_TEXT.test(text)) return false;
  const reason = REASON_TEXT.exec(text)?.[1];
  return reason === undefined || NOBODY_ANSWERS_TEXT.test(reason);
}
