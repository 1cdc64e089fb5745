/**
 * What the program finds outside of itself, so that tests can put something else in its place.
 */
import type { Environment, ReadFile } from '../config/read-file.ts';
import type { NodeOptions } from '../service/compose-node.ts';
import type { OpenNodeResult } from '../service/open-node.ts';
import type { AskService } from './ask-service.ts';
import type { HttpDoorOptions, OpenHttpDoorResult } from './http-door.ts';
import type { ProgramVersion } from './version.ts';

export type StopSignal = 'SIGTERM' | 'SIGINT' | 'SIGHUP';

export interface Surroundings {
  readonly env: Environment;
  readonly readFile: ReadFile;
  readonly writeOut: (text: string) => void;
  readonly writeError: (text: string) => void;
  readonly now: () => Date;
  readonly hostname: () => string;
  /** Null when the operating system does not say. */
  readonly username: () => string | null;
  readonly version: () => ProgramVersion;
  readonly openNode: (options: NodeOptions) => Promise<OpenNodeResult>;
  readonly askService: AskService;
  readonly openHttpDoor: (options: HttpDoorOptions) => Promise<OpenHttpDoorResult>;
  /** Calls for every signal of this kind, instead of what the operating system would do. */
  readonly onSignal: (signal: StopSignal, run: () => void) => void;
  /** Ends the process now. */
  readonly exit: (status: number) => void;
}
