import { describe, expect, it } from 'vitest';
import type { Rows } from '../ports/server-wire.ts';
import { injectMarker } from './inject-marker.ts';

const TIMEOUTS = { connectMillis: 1, answerMillis: 1 };

function linkThat(...answers: readonly (Rows | number)[]) {
  const asked: string[] = [];
  const query = async (sql: string) => {
    const answer = answers[asked.length] ?? [];
    asked.push(sql);
    if (typeof answer !== 'number') return { kind: 'rows', rows: answer } as const;
    const failure = {
      kind: 'server-error',
      phase: 'answer',
      number: answer,
      sqlState: 'HY000',
      text: `Error ${answer}`,
    } as const;
    return { kind: 'failed', failure } as const;
  };
  return { asked, link: { query } };
}

const injected = async (...answers: readonly (Rows | number)[]) =>
  injectMarker(linkThat(...answers).link, '_asc:1', TIMEOUTS);

describe('O50: injection', () => {
  it('D12: is worth nothing two seconds after the server was asked for its time, and in small letters', async () => {
    const { asked, link } = linkThat([{ now: 1000 }], []);
    expect(await injectMarker(link, '_asc:`1', TIMEOUTS)).toEqual({ kind: 'injected' });
    expect(asked[1]).toContain('UNIX_TIMESTAMP() >= 1002');
    expect(asked[1]).toMatch(/; drop view if exists `_pseudo_gtid_`\.`_asc:``1`$/);
  });

  it('a server that does not tell its time gets no marker', async () => {
    const { asked, link } = linkThat([]);
    expect(await injectMarker(link, '_asc:1', TIMEOUTS)).toEqual({ kind: 'called-off' });
    expect(asked).toHaveLength(1);
  });

  it('errors are told apart by their numbers', async () => {
    expect(await injected([{ now: 1 }], 1690)).toEqual({ kind: 'called-off' });
    for (const denied of [1044, 1142, 1227])
      expect(await injected([{ now: 1 }], denied)).toMatchObject({ kind: 'not-allowed' });
    expect(await injected([{ now: 1 }], 1205)).toMatchObject({ kind: 'failed' });
    expect(await injected(1205)).toMatchObject({ kind: 'failed' });
  });
});
