/** Waiting for a server that is being cloned. */
import { describe, expect, it } from 'vitest';
import type { CloneFacts, CloneReading, CloneRun, CloneStage } from '../model/clone-run.ts';
import { sampleKey } from '../model/topology-samples.ts';
import { RETURN_MILLIS } from '../planning/deadlines.ts';
import { awaitClone } from './await-clone.ts';
import { SleepersClock } from './testing.ts';

const RECIPIENT = sampleKey(3);
const stage = (name: string, changes: Partial<CloneStage> = {}): CloneStage => ({
  name,
  state: 'in-progress',
  estimatedBytes: 0,
  copiedBytes: 0,
  ...changes,
});

const run = (changes: Partial<CloneRun> = {}): CloneRun => ({
  state: 'running',
  donor: 'db2:3306',
  beganAt: 'now',
  errorNumber: 0,
  errorText: '',
  stages: [stage('DROP DATA')],
  ...changes,
});

const told = (last: CloneRun | null, changes: Partial<CloneFacts> = {}): CloneReading => ({
  kind: 'read',
  facts: {
    plugin: 'active',
    validDonors: '',
    mayClone: true,
    mayDonate: true,
    mayInstall: true,
    last,
    isTold: true,
    ...changes,
  },
});

const AWAY: CloneReading = { kind: 'failed', failure: { kind: 'refused', phase: 'connect', text: 'refused' } };

/** What it tells look by look; the last again and again. */
async function wait(readings: readonly CloneReading[], mayGoOn: () => boolean = () => true) {
  const clock = new SleepersClock();
  const said: string[] = [];
  let look = 0;
  const failure = await awaitClone(
    { key: RECIPIENT, formerClone: 'before' },
    {
      clock,
      read: async () => readings[Math.min(look++, readings.length - 1)] ?? AWAY,
      mayGoOn,
      say: (text) => void said.push(text),
    },
  );
  return { failure, said, looks: look, millis: clock.monotonic() };
}

describe('a server that is being cloned', () => {
  it('tells each stage once, is away, and is back with its new data', async () => {
    const copying = run({
      stages: [
        stage('DROP DATA', { state: 'completed' }),
        stage('FILE COPY', { estimatedBytes: 73_600_000, copiedBytes: 31_700_000 }),
      ],
    });
    const readings = [told(run()), told(run()), told(copying), AWAY, AWAY, told(run({ state: 'completed' }))];
    const { failure, said } = await wait(readings);
    expect(failure).toBeNull();
    expect(said.slice(0, 2)).toEqual(['DROP DATA', 'FILE COPY, 43 % (31.7 MB of 73.6 MB)']);
    expect(said).toHaveLength(3);
    expect(said[2]).toContain('where no supervisor starts it, start it');
  });

  it('tells the amount now and then while a stage lasts', async () => {
    const amounts = Array.from({ length: 30 }, (_, i) =>
      told(run({ stages: [stage('FILE COPY', { estimatedBytes: 100, copiedBytes: i })] })),
    );
    const { said } = await wait([...amounts, told(run({ state: 'completed' }))]);
    expect(said.map((text) => /\d+ %/.exec(text)?.[0])).toEqual(['0 %', '10 %', '20 %']);
  });

  it('says why it has failed, and that its data are gone or not', async () => {
    const failed = { state: 'failed', errorNumber: 3862, errorText: 'Clone Donor Error: …' } as const;
    const late = await wait([told(run(failed))]);
    expect(late.failure).toContain('error 3862: Clone Donor Error: …; the data of 127.0.0.1:3 are gone');
    const early = await wait([told(run({ ...failed, stages: [] }))]);
    expect(early.failure).toContain('127.0.0.1:3 has its data still');
  });

  it('is not taken for done by a clone that it has received long ago', async () => {
    const { failure } = await wait([told(run({ beganAt: 'before', state: 'completed' }))]);
    expect(failure).toContain('no clone has begun');
  });

  it('is back although it tells nothing any more: its plugins and accounts are the donor’s', async () => {
    const { failure } = await wait([told(run()), AWAY, told(null, { plugin: 'missing', isTold: false })]);
    expect(failure).toBeNull();
  });

  it('is waited for an hour, and named with what to do', async () => {
    const { failure, millis } = await wait([told(run()), AWAY]);
    expect(failure).toContain('did not come back within 60 minutes (refused): start it, and ask again');
    expect(millis).toBeGreaterThanOrEqual(RETURN_MILLIS);
    expect(millis).toBeLessThan(RETURN_MILLIS + 5_000);
  });

  it('goes on by itself where whoever waits may not', async () => {
    let may = true;
    const { failure, looks } = await wait([told(run())], () => {
      const now = may;
      may = false;
      return now;
    });
    expect(failure).toContain('goes on by itself');
    expect(looks).toBe(1);
  });
});
