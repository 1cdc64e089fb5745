/** Where a pretended server is known to do otherwise than a real one, and is left so: the reasons are in DIFFERENCES.md. */
import type { ServerFamily } from '../../../src/sandbox/server-releases.ts';

export interface Difference {
  /** Heading of its reason in DIFFERENCES.md. */
  readonly id: string;
  readonly family: ServerFamily;
  readonly script: string;
  /** How the step begins, as failures show it: what it comes to is not compared. */
  readonly step: string;
  /** Only these columns of its answer are not compared. */
  readonly columns?: readonly string[];
}

export const DIFFERENCES: readonly Difference[] = [
  ...(['mysql', 'mariadb'] as const).flatMap((family): readonly Difference[] => [
    { id: 'rows that change', family, script: 'a row that the replica has already', step: 'replica/app: SELECT n' },
    {
      id: 'places of syntax errors',
      family,
      script: 'texts that are no statements',
      step: `primary: SHOW ${family === 'mysql' ? 'REPLICA' : 'SLAVE'}`,
    },
  ]),
  {
    id: 'unknown functions',
    family: 'mysql',
    script: 'texts that are no statements',
    step: 'primary: SELECT NO_SUCH_FUNCTION',
  },
];
