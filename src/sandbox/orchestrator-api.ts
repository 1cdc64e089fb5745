// A small client of orchestrator's HTTP API and its stream of events: as much as demo, benchmarks and tests ask.

import { type ServerSentEvent, serverSentEvents } from './server-sent-events.ts';

const answerDeadlineMillis = 5_000;

/** A planned switchover waits for replicas to catch up. */
const takeoverDeadlineMillis = 60_000;

/** What demo and benchmarks look at of an instance (spec/http-api.md 3.1). */
export interface SeenInstance {
  readonly Key: { readonly Hostname: string; readonly Port: number };
  readonly MasterKey: { readonly Hostname: string; readonly Port: number };
  readonly ReadOnly: boolean;
  readonly IsLastCheckValid: boolean;
  readonly IsUpToDate: boolean;
  readonly ReplicationIOThreadRuning: boolean;
  readonly ReplicationSQLThreadRuning: boolean;
}

/** The envelope of actions (spec/http-api.md 1.3). */
export interface ActionAnswer {
  readonly Code: string;
  readonly Message: string;
}

export class OrchestratorApi {
  readonly url: string;

  constructor(url: string) {
    this.url = url;
  }

  /** Whether the web service answers at all. */
  async isServing(): Promise<boolean> {
    try {
      const answer = await fetch(`${this.url}/api/lb-check`, { signal: AbortSignal.timeout(answerDeadlineMillis) });
      await answer.arrayBuffer();
      return answer.ok;
    } catch {
      return false;
    }
  }

  async allInstances(): Promise<readonly SeenInstance[]> {
    return (await this.#get('all-instances', answerDeadlineMillis)) as readonly SeenInstance[];
  }

  /** Whether a cluster is known by this alias. */
  async knowsAlias(alias: string): Promise<boolean> {
    const answer = (await this.#get(`cluster-info/alias/${alias}`, answerDeadlineMillis)) as Partial<ActionAnswer>;
    return answer.Code !== 'ERROR';
  }

  /** Planned switchover to a replica that orchestrator chooses; answers when it is over. */
  async takeOver(cluster: string): Promise<ActionAnswer> {
    return (await this.#get(`graceful-master-takeover-auto/${cluster}`, takeoverDeadlineMillis)) as ActionAnswer;
  }

  /** What happens from now on, until `signal` or the other side ends it. Resolves once the stream is open. */
  async events(signal: AbortSignal): Promise<AsyncIterable<ServerSentEvent>> {
    return serverSentEvents(`${this.url}/api/v2/events`, signal);
  }

  async #get(path: string, deadlineMillis: number): Promise<unknown> {
    const answer = await fetch(`${this.url}/api/${path}`, { signal: AbortSignal.timeout(deadlineMillis) });
    return answer.json();
  }
}
