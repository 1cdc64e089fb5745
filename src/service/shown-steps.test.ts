/** What is shown of a plan is what its steps will send when they are run, one after another. */
import { describe, expect, it } from 'vitest';
import { sampleKey, sampleReplica, sampleServer } from '../model/topology-samples.ts';
import type { StepCommand } from '../planning/deferred-command.ts';
import { planWith, stepWith } from './operation-samples.ts';
import { shownSteps } from './shown-steps.ts';

const PRIMARY = sampleServer(1);
const REPLICA = sampleReplica(2, 1, { allowTls: true });

const follow = (source: number, securedAs: number | null): StepCommand => ({
  kind: 'follow-when-safe',
  source: sampleKey(source),
  at: { kind: 'gtid' },
  relayLog: { kind: 'drained' },
  credentials: null,
  securedAs: securedAs === null ? null : sampleKey(securedAs),
  unlessThere: false,
});

function shown(server: number, ...commands: readonly StepCommand[]): readonly string[] {
  const key = sampleKey(server);
  const steps = commands.map((command, index) => stepWith(`step ${index}`, key, { commands: [command] }));
  const plan = planWith({ kind: 'move-up', key }, { lanes: [{ server: key, steps, effect: '' }] });
  const all = [PRIMARY, REPLICA];
  const instance = ({ port }: { readonly port: number }) => all.find((one) => one.key.port === port);
  return shownSteps(plan, { instance }).flatMap(({ statements }) => statements);
}

describe('shownSteps', () => {
  it('a CHANGE stops the receiver alone while the applier runs, and nothing else once a step has stopped both', () => {
    expect(shown(2, follow(1, null))[0]).toBe('STOP REPLICA IO_THREAD');
    expect(shown(2, { kind: 'stop-replication' }, follow(1, null)).slice(0, 2)).toEqual([
      'STOP REPLICA',
      'STOP REPLICA',
    ]);
    const startedAgain = shown(2, { kind: 'stop-applier' }, { kind: 'start-applier' }, follow(1, null));
    expect(startedAgain.slice(-2)[0]).toBe('STOP REPLICA IO_THREAD');
  });

  it('E4: variables of a role are shown as they will be set', () => {
    const set = (name: string, value: string) => ({ kind: 'set-variable', name, value }) as const;
    expect(shown(1, set('event_scheduler', 'ON'), set('sync_binlog', '1'))).toEqual([
      "SET GLOBAL event_scheduler = 'ON'",
      'SET GLOBAL sync_binlog = 1',
    ]);
  });

  it('one that never replicated is shown with the way to a source that it takes from another', () => {
    expect(shown(1, follow(2, null)).join()).not.toContain('SOURCE_SSL = 1');
    expect(shown(1, follow(2, 2)).join()).toContain('SOURCE_SSL = 1');
  });
});
