import { describe, expect, it } from 'vitest';
import type { Sight } from '../model/server-sight.ts';
import { sampleKey } from '../model/topology-samples.ts';
import { NO_OTHER_NODES, type NodeAnswer, type OtherNodes } from '../ports/other-nodes.ts';
import { RecoveryWorld } from '../recovery/testing.ts';
import { nodeFindings } from './preflight-nodes.ts';

const seen = (node: string, sight: Sight): NodeAnswer => ({
  node,
  kind: 'seen',
  sights: [{ key: sampleKey(1), sight, ageMillis: 0, failure: '' }],
});
const silent = (node: string): NodeAnswer => ({ node, kind: 'no-answer', reason: 'connection refused' });

async function found(answers: readonly NodeAnswer[], wanted = 0, asksOtherNodes = true) {
  const { ports } = new RecoveryWorld([]);
  const otherNodes: OtherNodes =
    answers.length === 0 ? NO_OTHER_NODES : { isAlone: () => false, ask: async () => answers };
  const policy = { ...ports.policy(), agreement: { asksOtherNodes, agreeingNodes: wanted } };
  const findings = await nodeFindings({ ...ports, otherNodes, policy: () => policy }, sampleKey(1));
  return findings.map(({ severity, code, seen }) => `${severity} ${code}: ${seen}`);
}

describe('other nodes in a preflight', () => {
  it('are nothing to tell where there are none, where nobody asks them, or where all see the server', async () => {
    expect(await found([])).toEqual([]);
    expect(await found([silent('orc2'), silent('orc3')], 0, false)).toEqual([]);
    expect(await found([seen('orc2', 'answers'), seen('orc3', 'silent')])).toEqual([]);
  });

  it('A20: are grave where too few answer for anything to be done', async () => {
    expect(await found([silent('orc2'), silent('orc3')])).toEqual([
      'grave too-few-nodes: this node hears 1 of 3 nodes, itself included: it may be cut off',
    ]);
    expect(await found([seen('orc2', 'answers'), silent('orc3')], 3)).toEqual([
      'grave too-few-nodes: 3 nodes must miss it, and only orc, orc2 do',
    ]);
  });

  it('are told where some do not answer, or do not watch the server', async () => {
    expect(await found([seen('orc2', 'unknown'), silent('orc3')])).toEqual([
      'warning silent-nodes: 1 of the other nodes does not answer (orc3: connection refused)',
      'notice blind-nodes: orc2 does not watch this server, or has not seen it',
    ]);
  });
});
