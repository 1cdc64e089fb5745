// Where a sandbox server runs and is reached.

export interface ServerHost {
  /** Where it listens and is known. */
  readonly address: string;
  /** What comes before a command so that it runs there; nothing: it runs here. The command keeps the process id that it was started with. */
  readonly enter: readonly string[];
}

/** Where servers run unless somebody wants more hosts than one. */
export const loopback: ServerHost = { address: '127.0.0.1', enter: [] };
