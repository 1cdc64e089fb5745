import { describe, expect, it } from 'vitest';
import { unixMillis } from '../model/brand.ts';
import type { RecoveryUid } from '../model/recovery-record.ts';
import type { JournalEntry, JournalPhase } from '../ports/decision-store.ts';
import { hookEnvironment } from './hook-context.ts';
import { hookDocument } from './hook-document.ts';
import { hookStepId, INCIDENT_ENTRY, incidentText, journaledIncident, pastOf } from './hook-journal.ts';
import { aHookContext, deadPrimary } from './hook-testing.ts';

const line = (stepId: string, detail = '', phase: JournalPhase = 'intended'): JournalEntry => ({
  uid: '1:aa' as RecoveryUid,
  sequence: 1,
  stepId,
  phase,
  at: unixMillis(0),
  detail,
});

describe('K12: what hooks are told', () => {
  const text = incidentText({ failure: deadPrimary(), skipHooks: false });

  it('is the same when it is read from the journal', () => {
    const read = journaledIncident([line('plan'), line(INCIDENT_ENTRY, text)]);
    expect(read?.skipHooks).toBe(false);
    const [before, after] = [
      aHookContext(),
      aHookContext({ entry: read?.failure ?? deadPrimary({ code: 'NoProblem' }) }),
    ];
    expect(hookEnvironment(after)).toEqual(hookEnvironment(before));
    expect(hookDocument('PostFailoverProcesses', after)).toBe(hookDocument('PostFailoverProcesses', before));
  });

  it('is nothing where the journal has none, or another version has written it', () => {
    const { failure }: { failure: Readonly<Record<string, unknown>> } = JSON.parse(text);
    const { code, ...without } = failure;
    const garbled = [
      '',
      '{',
      'null',
      '[]',
      '{"skipHooks":true}',
      JSON.stringify({ skipHooks: false, failure: without }),
    ];
    expect(code).toBe('DeadMaster');
    expect(journaledIncident([line('plan')])).toBeNull();
    for (const detail of garbled) expect(journaledIncident([line(INCIDENT_ENTRY, detail)]), detail).toBeNull();
  });
});

it.each([
  [[], 'not-begun'],
  [['intended'], 'begun'],
  [['intended', 'done'], 'ended'],
  [['intended', 'failed'], 'ended'],
] as const)('K12: of a hook with the lines %j is known that it is %s', (phases, past) => {
  const id = hookStepId('PostFailoverProcesses', 0);
  const others = [line(hookStepId('PostFailoverProcesses', 1), '', 'done')];
  expect(pastOf([...others, ...phases.map((phase) => line(id, '', phase))], id)).toBe(past);
});
