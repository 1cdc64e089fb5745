/** Who leads. One port for every mode: a single node, a shared backend, raft. */
export interface Leadership {
  isLeader(): boolean;
  /** Tries to gain or keep it, once. Never rejects: a backend that cannot be asked means not leading. */
  renew(): Promise<void>;
  grab(): Promise<void>;
}
