// What every backend does, on real servers: the contracts that SQLite fulfils, and the same answers as it gives to any calls.

import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serverFamilies } from '../../../src/sandbox/server-releases.ts';
import { themesOf } from '../../contracts/any-call.ts';
import { sqliteWorld } from '../../contracts/backends.ts';
import { everyContractByHand } from '../../contracts/by-hand/every-contract.ts';
import { everyContract } from '../../contracts/every-contract.ts';
import { eventsOf, play } from '../../contracts/play.ts';
import { scenarioTable } from '../../contracts/scenario-table.ts';
import { withoutNumbers } from '../../contracts/without-numbers.ts';
import type { NewSqlWorld } from '../../contracts/world.ts';
import { type BackendServer, startBackendServer } from '../support/backend-server.ts';
import { the } from '../support/world.ts';

/** Each is some hundred calls and a dozen processes. */
const RUNS_A_THEME = 5;

/** After that the shortest failing sequence found so far must do. */
const SHRINKING_MILLIS = 60_000;

describe.each(serverFamilies)('on %s', (family) => {
  let backends: BackendServer | null = null;
  beforeAll(async () => {
    backends = await startBackendServer(family);
  });
  afterAll(() => backends?.stop());

  const newWorld: NewSqlWorld = () => the(backends).newWorld();

  everyContract(newWorld);
  everyContractByHand(newWorld);
  scenarioTable(newWorld);

  it.each(Object.entries(themesOf({ numbers: false })))(
    'any calls of two processes are answered as SQLite answers them: %s',
    async (_theme, anyCall) => {
      await fc.assert(
        fc.asyncProperty(eventsOf(anyCall), async (events) => {
          const wanted = withoutNumbers(await play(await sqliteWorld(), events));
          expect(withoutNumbers(await play(await newWorld(), events))).toEqual(wanted);
        }),
        { numRuns: RUNS_A_THEME, interruptAfterTimeLimit: SHRINKING_MILLIS },
      );
    },
  );
});
