/** The contracts on what needs no server; on real ones: `test/servers/store/backends.test.ts`. */
import { describe } from 'vitest';
import { backends, sqliteWorld } from './backends.ts';
import { everyContractByHand } from './by-hand/every-contract.ts';
import { everyContract } from './every-contract.ts';
import { scenarioTable } from './scenario-table.ts';

describe.each(backends)('on $name', ({ newWorld }) => {
  everyContract(newWorld);
});

describe('on SQLite', () => {
  everyContractByHand(sqliteWorld);
  scenarioTable(sqliteWorld);
});
