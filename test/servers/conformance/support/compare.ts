/** Tests that say of each script whether a pretended server does what a real one does. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ServerFamily } from '../../../../src/sandbox/server-releases.ts';
import { DIFFERENCES, type Difference } from '../differences.ts';
import { THEMES } from '../scripts/themes.ts';
import { PretendedStage } from './pretended-stage.ts';
import { openRealStage, type RealStage } from './real-stage.ts';
import { type Result, runScript } from './run-script.ts';
import type { Script } from './script.ts';

/** One fleet serves all scripts: it is begun anew before each. */
export function conforms(family: ServerFamily): void {
  let real: RealStage;
  let pretended: PretendedStage;

  beforeAll(async () => {
    real = await openRealStage(family);
    pretended = new PretendedStage(family, real.identities);
  });
  afterAll(() => real.stop());

  for (const { theme, scripts } of THEMES) {
    describe(theme, () => {
      for (const script of scripts) {
        if (script.family !== undefined && script.family !== family) continue;
        it(script.name, async () => {
          const differences = DIFFERENCES.filter((one) => one.family === family && one.script === script.name);
          const expected = comparable(await runScript(real, script), differences);
          expect(comparable(await runScript(pretended, script), differences)).toEqual(expected);
        });
      }
    });
  }

  it('has a reason for every difference, and a script in which it is', () => {
    const reasons = readFileSync(new URL('../DIFFERENCES.md', import.meta.url), 'utf8');
    const names = new Set(THEMES.flatMap(({ scripts }) => scripts.map(({ name }: Script) => name)));
    for (const { id, script } of DIFFERENCES) {
      expect(reasons).toContain(`## ${id}\n`);
      expect(names).toContain(script);
    }
  });
}

/** Without what is known to differ. */
function comparable(results: readonly Result[], differences: readonly Difference[]): readonly Result[] {
  return results.map(({ step, told }) => {
    const here = differences.filter((difference) => step.startsWith(difference.step));
    const differs = (line: string) =>
      here.some(({ columns }) => columns === undefined || columns.some((name) => line.startsWith(`${name}: `)));
    return { step, told: told.filter((line) => !differs(line)) };
  });
}
