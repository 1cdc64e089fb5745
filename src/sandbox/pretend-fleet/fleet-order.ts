// What can be done to a server of a pretended fleet, as data: the control hears it over HTTP, and passes it on to the process that has the server.

export type FleetOrder =
  /** `kill`: kill -9. `hang` and `resume`: SIGSTOP, SIGCONT. `cut`: replicas do not hear it any more, though clients do. */
  | { readonly kind: 'kill' | 'hang' | 'resume' | 'revive' | 'cut' | 'heal'; readonly port: number }
  /** Each transaction takes so long to apply. */
  | { readonly kind: 'lag'; readonly port: number; readonly applyMillis: number };

export interface ControlledServer {
  readonly port: number;
  readonly cluster: number;
  readonly state: 'runs' | 'hangs' | 'dead';
  /** The port of its source; null: it has none. */
  readonly source: number | null;
  readonly isWritable: boolean;
  /** That its clients have asked: each poll is one. */
  readonly packets: number;
  /** Since the last of them; null: nobody has asked yet. */
  readonly askedMillisAgo: number | null;
}

export interface ControlledFleet {
  servers(): Promise<readonly ControlledServer[]>;
  /** Of one cluster, which costs much less; none when there is no such cluster. */
  serversOf(cluster: number): Promise<readonly ControlledServer[]>;
  /** Null when it is done, or why not. */
  order(order: FleetOrder): Promise<string | null>;
}

/** Null: there is no such order, or its numbers are none. */
export function orderOf(kind: string, port: number, amount: number): FleetOrder | null {
  if (!Number.isInteger(port)) return null;
  switch (kind) {
    case 'kill':
    case 'hang':
    case 'resume':
    case 'revive':
    case 'cut':
    case 'heal':
      return { kind, port };
    case 'lag':
      return Number.isFinite(amount) && amount >= 0 ? { kind, port, applyMillis: amount } : null;
    default:
      return null;
  }
}
