/**
 * Everything outside of a node: the real world, or the pretended one.
 */
import type { Clock } from '../ports/clock.ts';
import type { StartHook } from '../ports/hook-runner.ts';
import type { NameService } from '../ports/name-service.ts';
import type { OtherNodes } from '../ports/other-nodes.ts';
import type { Dial } from '../ports/server-wire.ts';
import type { StoreBackend } from '../store/index.ts';
import type { TlsFiles } from './tls-files.ts';

/** `ownId`: by which a node knows its own answer. */
export type ReachOtherNodes = (ownId: string) => OtherNodes;

export interface NodeSurroundings {
  readonly backend: StoreBackend;
  readonly clock: Clock;
  readonly dial: Dial;
  readonly nameService: NameService;
  readonly tlsFiles: TlsFiles;
  readonly otherNodes: ReachOtherNodes;
  readonly startHook: StartHook;
  readonly hostname: string;
  /** Between 0 and 1. */
  readonly random: () => number;
  readonly randomHex: (bytes: number) => string;
}
