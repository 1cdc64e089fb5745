// Tells what happens in plain lines with times: events of orchestrator and changes of the writer become a story.

import type { InstanceKey } from '../src/model/instance-key.ts';
import { instanceKeyText } from '../src/model/instance-key.ts';
import type { WriterChange } from '../src/sandbox/writer.ts';
import type { NodeEvent } from '../src/service/events.ts';

/** After so long a quiet, what happens next is a new incident with its own zero. Longer than a hang takes to be believed. */
const quietMillis = 15_000;

export class DemoStory {
  #beganAt: number | null = null;
  #lastAt = 0;
  /** What it began with is recovered: the next loss is another incident, however soon. */
  #isRecovered = false;

  /** The lines for an event; none for what only pages need. */
  ofEvent(event: NodeEvent): readonly string[] {
    const text = eventText(event);
    if (text === null) return [];
    const lines = this.#lines(event.at, text, event.kind === 'wire-broken');
    if (event.kind === 'recovery-ended') this.#isRecovered = true;
    return lines;
  }

  /** The lines for a change of the writer at `atMillis` (Unix time). */
  ofWriter(change: WriterChange, atMillis: number): readonly string[] {
    return this.#lines(atMillis, writerText(change), change.kind === 'lost');
  }

  /** Time since the incident began in front; a blank line before a new incident. */
  #lines(atMillis: number, text: string, isLoss: boolean): readonly string[] {
    const isQuiet = this.#beganAt === null || atMillis - this.#lastAt > quietMillis;
    const isNew = isQuiet || (isLoss && this.#isRecovered);
    if (isNew) {
      this.#beganAt = atMillis;
      this.#isRecovered = false;
    }
    this.#lastAt = Math.max(this.#lastAt, atMillis);
    // Two clocks' roundings: an event may seem to come before the one that it follows.
    const seconds = Math.max(0, atMillis - (this.#beganAt ?? atMillis)) / 1000;
    const line = `  +${seconds.toFixed(3)} s  ${text}`;
    return isNew ? ['', line] : [line];
  }
}

function eventText(event: NodeEvent): string | null {
  switch (event.kind) {
    case 'wire-broken':
      return `${at(event.key)}  connection broke: ${event.reason}`;
    case 'analysis-changed':
      return `${at(event.key)}  ${event.code}${event.description === '' ? '' : `: ${event.description}`}`;
    case 'recovery-started':
      return `${at(event.key)}  recovery begins (${event.code})`;
    case 'recovery-step':
      return `  ${event.message}`;
    case 'reprovision-progress':
      return event.message;
    case 'recovery-ended':
      return event.isSuccessful && event.successor !== null
        ? `${at(event.successor)}  is the primary now: recovered`
        : 'recovery failed: nobody was promoted';
    case 'instance-forgotten':
      return `${at(event.key)}  forgotten`;
    case 'cluster-changed':
      return null;
  }
}

function writerText(change: WriterChange): string {
  if (change.kind === 'lost') return `writer: lost ${change.port}: ${change.reason}`;
  return `writer: ${change.port} takes my rows; I could not write for ${Math.round(change.gap.millis)} ms`;
}

function at(key: InstanceKey): string {
  return instanceKeyText(key);
}
