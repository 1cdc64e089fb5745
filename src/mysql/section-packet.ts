/**
 * Several reads in one packet, of which a server may refuse some: each costs its own facts, not the rest.
 */
import type { ServerFailure } from '../model/server-failure.ts';
import type { Clock } from '../ports/clock.ts';
import type { Answer, Rows, ServerWire } from '../ports/server-wire.ts';
import type { ProbeSection, SectionRows } from './dialect.ts';

export interface RefusedSection {
  readonly name: string;
  readonly failure: ServerFailure;
}

export type PacketResult =
  | {
      readonly kind: 'answered';
      readonly rows: SectionRows;
      /** The sections that were answered. */
      readonly sections: readonly ProbeSection[];
      readonly refused: readonly RefusedSection[];
    }
  | {
      readonly kind: 'failed';
      readonly failure: ServerFailure;
      /** The sections that came back nevertheless, in whichever round trip. */
      readonly cameBack: ReadonlySet<string>;
    };

/** Sections whose names begin so are queries of the configuration. */
export const CONFIGURED_PREFIX = 'configured:';

const nameOf = (section: ProbeSection): string => section.name.replace(CONFIGURED_PREFIX, '');

/** How sections are sent; the answers before the one that failed tell which it is. */
export type AskSections = (
  wire: ServerWire,
  sections: readonly ProbeSection[],
  answerMillis: number,
) => Promise<Answer>;

export const askInOnePacket: AskSections = (wire, sections, answerMillis) => wire.ask(packetOf(sections), answerMillis);

/** For servers that take one statement a packet. */
export const askOneByOne =
  (clock: Clock): AskSections =>
  async (wire, sections, answerMillis) => {
    const endAt = clock.monotonic() + answerMillis;
    const results: Rows[] = [];
    for (const { sql } of sections) {
      const answer = await wire.ask(sql, Math.max(1, endAt - clock.monotonic()));
      if (answer.kind === 'failed') return { ...answer, results };
      results.push(answer.results[0] ?? []);
    }
    return { kind: 'complete', results };
  };

/** One round trip, and one more for each section that is refused. */
export async function askSections(
  wire: ServerWire,
  wanted: readonly ProbeSection[],
  answerMillis: number,
  ask: AskSections = askInOnePacket,
): Promise<PacketResult> {
  let sections = wanted;
  const refused: RefusedSection[] = [];
  const cameBack = new Set<string>();
  for (;;) {
    const answer = await ask(wire, sections, answerMillis);
    for (const { name } of sections.slice(0, answer.results.length)) cameBack.add(name);
    if (answer.kind === 'complete' && answer.results.length === sections.length) {
      const rows = new Map(
        sections.map((section, index): [string, Rows] => [section.name, answer.results[index] ?? []]),
      );
      return { kind: 'answered', rows, sections, refused };
    }
    const unwanted = answer.kind === 'complete' ? notOneResult(sections) : culpritOf(sections, answer);
    const { failure } = unwanted;
    if (unwanted.sections.length === 0) return { kind: 'failed', failure, cameBack };
    sections = sections.filter((section) => !unwanted.sections.includes(section));
    const told = unwanted.sections.filter((section) => !saysUnsupported(section, failure));
    refused.push(...told.map((section) => ({ name: nameOf(section), failure })));
  }
}

/** The server does not have what was asked for: nothing to report. */
const saysUnsupported = (section: ProbeSection, failure: ServerFailure): boolean =>
  failure.kind === 'server-error' && section.unsupported?.includes(failure.number) === true;

/** On lines of their own: a configured query that ends in a comment must not swallow the one after it. */
const packetOf = (sections: readonly ProbeSection[]): string => sections.map((section) => section.sql).join('\n;\n');

interface Unwanted {
  /** To be left out; empty: there is no answer without them. */
  readonly sections: readonly ProbeSection[];
  readonly failure: ServerFailure;
}

/** The answers before the failing statement tell which one it is. */
function culpritOf(sections: readonly ProbeSection[], answer: Extract<Answer, { kind: 'failed' }>): Unwanted {
  const culprit = sections[answer.results.length];
  const dispensable = answer.failure.kind === 'server-error' && culprit?.essential === false;
  return { sections: dispensable ? [culprit] : [], failure: answer.failure };
}

/** A CALL gives more than one result, so nobody knows which answer belongs to which query; no section of ours does. */
function notOneResult(sections: readonly ProbeSection[]): Unwanted {
  const text = 'one of the configured queries does not give exactly one result';
  return {
    sections: sections.filter((section) => section.name.startsWith(CONFIGURED_PREFIX)),
    failure: { kind: 'network', phase: 'answer', code: 'RESULT_COUNT', text },
  };
}
