/** How far a clone is, in words. */
import { describe, expect, it } from 'vitest';
import {
  bytesText,
  type CloneRun,
  type CloneStage,
  cloneErrorText,
  cloneProgressText,
  hasDroppedData,
} from './clone-run.ts';

const stage = (name: string, estimatedBytes = 0, copiedBytes = 0): CloneStage => ({
  name,
  state: 'in-progress',
  estimatedBytes,
  copiedBytes,
});
const run = (...stages: readonly CloneStage[]): CloneRun => ({
  state: 'running',
  donor: 'db2:3306',
  beganAt: 'now',
  errorNumber: 3862,
  errorText: 'no such donor',
  stages,
});

describe('a clone', () => {
  it('tells its stage, and percent and bytes of all that is copied once they are known', () => {
    expect(cloneProgressText(run())).toBe('it has begun');
    expect(cloneProgressText(run(stage('DROP DATA')))).toBe('DROP DATA');
    const copying = run(stage('DROP DATA'), stage('FILE COPY', 73_600_000, 31_700_000));
    expect(cloneProgressText(copying)).toBe('FILE COPY, 43 % (31.7 MB of 73.6 MB)');
    const more = run(stage('FILE COPY', 73_600_000, 73_600_000), stage('REDO COPY', 400, 500));
    expect(cloneProgressText(more)).toBe('REDO COPY, 100 % (73.6 MB of 73.6 MB)');
  });

  it('has no way back once data are being deleted', () => {
    expect([run(), run(stage('DROP DATA'))].map(hasDroppedData)).toEqual([false, true]);
  });

  it('tells its error by number and words', () => {
    expect(cloneErrorText(run())).toBe('error 3862: no such donor');
  });
});

it.each([
  [0, '0 bytes'],
  [999, '999 bytes'],
  [1_000, '1.0 kB'],
  [31_692_424, '31.7 MB'],
  [2.5e12, '2.5 TB'],
  [7e18, '7000.0 PB'],
])('%d bytes are %s', (bytes, text) => {
  expect(bytesText(bytes)).toBe(text);
});
