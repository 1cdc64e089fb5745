/**
 * Errors of the driver and of the operating system to `ServerFailure`, by their codes.
 */
import type { Phase, ServerFailure } from '../model/server-failure.ts';

/** The parts of an Error of Node or of the driver that mean something. */
interface DriverError {
  readonly code?: string;
  readonly errno?: number;
  readonly sqlState?: string;
  readonly sqlMessage?: string;
  readonly message?: string;
}

const isDriverError = (error: unknown): error is DriverError => typeof error === 'object' && error !== null;

/** Classifies whatever the driver threw. `address` is `host:port` as dialled. */
export function classifyFailure(error: unknown, phase: Phase, address: string): ServerFailure {
  if (!isDriverError(error)) return { kind: 'network', phase, code: '', text: String(error) };
  const code = error.code ?? '';
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EAI_NONAME':
    // A name that the system is not even asked for, such as one with a zero byte.
    case 'ERR_INVALID_ARG_VALUE':
      return { kind: 'unresolvable', phase, text: `dial tcp: lookup ${hostOf(address)}: no such host` };
    case 'ERR_SOCKET_BAD_PORT':
      return { kind: 'network', phase, code, text: `dial tcp: address ${portOf(address)}: invalid port` };
    case 'ECONNREFUSED':
      return { kind: 'refused', phase, text: `dial tcp ${address}: connect: connection refused` };
    case 'ETIMEDOUT':
      return timeoutFailure(phase, address);
    case 'ECONNRESET':
    case 'EPIPE':
    case 'PROTOCOL_CONNECTION_LOST':
      return lostFailure(phase);
    default:
  }
  if (error.sqlMessage !== undefined && error.errno !== undefined) {
    const sqlState = error.sqlState?.replace(/^#/, '') ?? '';
    return {
      kind: 'server-error',
      phase,
      number: error.errno,
      sqlState,
      text: `Error ${error.errno} (${sqlState}): ${error.sqlMessage}`,
    };
  }
  return { kind: 'network', phase, code, text: `dial tcp ${address}: ${error.message ?? code}` };
}

export function timeoutFailure(phase: Phase, address: string): ServerFailure {
  const verb = phase === 'connect' ? 'dial' : 'read';
  return { kind: 'timeout', phase, text: `${verb} tcp ${address}: i/o timeout` };
}

export function lostFailure(phase: Phase): ServerFailure {
  return { kind: 'lost', phase, text: 'driver: bad connection' };
}

function hostOf(address: string): string {
  const colon = address.lastIndexOf(':');
  return colon < 0 ? address : address.slice(0, colon);
}

const portOf = (address: string): string => address.slice(address.lastIndexOf(':') + 1);
