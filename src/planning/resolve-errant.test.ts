/** What is put into the commands of O35 when the server stands still. */
import { describe, expect, it } from 'vitest';
import type { Instance } from '../model/instance.ts';
import { sampleReplica } from '../model/topology-samples.ts';
import type { DeferredCommand } from './deferred-command.ts';
import { stepId } from './plan.ts';
import { resolveCommand } from './resolve-command.ts';
import { executedWithout } from './resolve-errant.ts';
import { trx } from './testing.ts';

const OWN = 3302;
const ALL = `${trx('1-10', 3301)},${trx('1-2', OWN)}`;
const ERRANT = trx('1-2', OWN);
const WANTED = trx('1-10', 3301);
const stood = stepId('stop');
const server = (executedGtidSet: string, gtidErrant = ERRANT): Instance =>
  sampleReplica(OWN, 3301, { executedGtidSet, gtidErrant });

const resolve = (command: DeferredCommand, own: Instance, seen: Instance | null) =>
  resolveCommand(command, { own, other: () => null, after: () => seen, found: () => null });

describe('forgetting what is errant', () => {
  const forget = { kind: 'forget-errant', errant: ERRANT, stood } as const;

  it('O35: deletes, and counts what was executed when it stood still, without the errant ones', () => {
    expect(resolve(forget, server(ALL), server(ALL))).toEqual({
      kind: 'resolved',
      commands: [{ kind: 'reset-binary-logs' }, { kind: 'set-gtid-purged', gtid: WANTED }],
    });
  });

  it('O35: sent again after the deletion, it only counts', () => {
    expect(resolve(forget, server('', ''), server(ALL))).toEqual({
      kind: 'resolved',
      commands: [{ kind: 'set-gtid-purged', gtid: WANTED }],
    });
  });

  it('O35: nothing else was ever executed: the empty set is not set', () => {
    expect(resolve(forget, server(ERRANT), server(ERRANT))).toEqual({
      kind: 'resolved',
      commands: [{ kind: 'reset-binary-logs' }],
    });
  });

  it('O35: refused where something was executed since, naming what is to be counted', () => {
    const result = resolve(forget, server(`${ALL}:3`), server(ALL));
    expect(result).toMatchObject({ kind: 'refused', reason: expect.stringContaining(`executed: ${WANTED}`) });
  });

  it('O35: refused where something else is errant by now', () => {
    const grown = server(`${trx('1-10', 3301)},${trx('1-3', OWN)}`, trx('1-3', OWN));
    expect(resolve(forget, grown, grown)).toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining('has changed meanwhile'),
    });
  });

  it.each([null, server('')])('O35: refused where it is not known what it had executed', (seen) => {
    expect(resolve(forget, server(ALL), seen).kind).toBe('refused');
    expect(executedWithout(seen, ERRANT)).toBeNull();
  });
});

describe('starting again', () => {
  const start = {
    kind: 'start-if-recorded',
    commands: [{ kind: 'start-replication' }],
    errant: ERRANT,
    stood,
  } as const;

  it('O35: while it still counts what it had executed, with or without the errant ones', () => {
    expect(resolve(start, server(ALL), server(ALL)).kind).toBe('resolved');
    expect(resolve(start, server(WANTED), server(ALL)).kind).toBe('resolved');
  });

  it('O35: refused where the record is lost, naming what is to be counted', () => {
    expect(resolve(start, server(''), server(ALL))).toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining(WANTED),
    });
  });
});
