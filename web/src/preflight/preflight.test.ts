import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { preflightQuery } from '../api/queries.ts';
import type { Finding } from '../model/preflight.ts';
import { Preflight } from './preflight.tsx';

const finding = (number: number): Finding => ({
  code: 'heartbeat-off',
  severity: number === 0 ? 'grave' : 'notice',
  server: `db${number}:3306`,
  seen: 'it asks for no heartbeats',
  consequence: 'Nobody misses the source.',
  statements: ['STOP REPLICA IO_THREAD', 'START REPLICA IO_THREAD'],
  optionFile: ['replica_net_timeout = 4'],
  notes: ['Mind <the> applier.'],
});

function page(findings: readonly Finding[] | null): string {
  const client = new QueryClient();
  const report = { serverCount: 3, checkedAt: '2026-09-21T14:13:20.000Z', findings: findings ?? [] };
  if (findings !== null) client.setQueryData(preflightQuery('db0:3306').queryKey, report);
  const section = createElement(Preflight, { clusterName: 'db0:3306' });
  return renderToStaticMarkup(createElement(QueryClientProvider, { client }, section));
}

describe('the preflight of the cluster page', () => {
  it('says that it is asking, then what it found in one sentence', () => {
    expect(page(null)).toContain('Asking the servers…');
    expect(page([])).toContain('3 servers checked: ready for an incident.');
  });

  it('shows of each finding the server, what is so, what it would do, and how to mend it', () => {
    const html = page([finding(0)]);
    expect(html).toContain('data-tone="critical"');
    expect(html).toContain('<strong>grave</strong>');
    expect(html).toContain('db0:3306</span>: it asks for no heartbeats');
    expect(html).toContain('<p>Nobody misses the source.</p>');
    expect(html).toContain('<code>STOP REPLICA IO_THREAD;\nSTART REPLICA IO_THREAD;</code>');
    expect(html).toContain('<code>replica_net_timeout = 4</code>');
    expect(html).toContain('Mind &lt;the&gt; applier.');
  });

  it('folds away what there is beyond a few', () => {
    const html = page(Array.from({ length: 7 }, (_, index) => finding(index)));
    expect(html.match(/data-testid="finding"/g)).toHaveLength(5);
    expect(html).toMatch(/<button [^>]*aria-expanded="false"[^>]*>Show all 7</);
  });
});
