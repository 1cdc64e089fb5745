// Many runs of one kind, and what was violated in them, each with the command that replays it.

import type { Profile } from '../../../src/sim/nemesis.ts';
import { simulate } from './simulate.ts';

export async function violationsOfSeeds(profile: Profile, seeds: number): Promise<readonly string[]> {
  const lines: string[] = [];
  for (let seed = 1; seed <= seeds; seed++) {
    const { violations } = await simulate({ seed, profile });
    for (const { invariant, text } of violations) {
      lines.push(`npm run sim -- --scenario ${profile} --seed ${seed}: invariant ${invariant}: ${text}`);
    }
  }
  return lines;
}
