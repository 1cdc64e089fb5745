/** O58, O59: moves by whichever method fits. */
import type { OperationEntry } from './entry.ts';
import { at, BY_POSITION, CLASSIC, GTID_CHAIN, primary, replica, USUAL, type World } from './sample-world.ts';

const [DB1, DB2, DB3] = [at('db1'), at('db2'), at('db3')];

const MIXED: World = {
  servers: [primary('db1'), replica('db2', 'db1'), replica('db3', 'db1'), replica('db4', 'db1', BY_POSITION)],
};

const FAR: World = {
  servers: [
    primary('db1', BY_POSITION),
    replica('db2', 'db1', BY_POSITION),
    replica('db3', 'db2', BY_POSITION),
    replica('db4', 'db1', BY_POSITION),
  ],
};

export const RELOCATIONS: readonly OperationEntry[] = [
  {
    number: 58,
    title: 'Relocate',
    text: [
      'A server goes below another by whichever method fits: see "Methods and their order". The plan says which and why, and why not those before it.',
      'It must be a replica with one source, and able to replicate from the destination, which must not be below it. If both use GTID, what stands against GTID is the last word: by another method the server would stop using it.',
    ],
    client: ['relocate'],
    examples: [
      { request: { kind: 'relocate', key: DB3, below: DB2 }, world: USUAL },
      {
        title: 'Without GTID, the same servers:',
        request: { kind: 'relocate', key: DB3, below: DB2 },
        world: CLASSIC,
      },
    ],
    refusals: [
      [{ kind: 'relocate', key: DB2, below: DB3 }, GTID_CHAIN],
      [{ kind: 'relocate', key: DB3, below: at('db4') }, FAR],
    ],
  },
  {
    number: 59,
    title: 'Relocate replicas',
    text: [
      'O58 for the replicas of a server, those whose `host:port` fits `pattern`, each by the method that fits it; the server itself is not asked, and may be dead. Those that share a neighbour to be held, or take two moves, go one after another, the others beside each other. Who cannot be moved is left out by name, and is no failure of the others.',
    ],
    client: ['relocate-replicas'],
    examples: [{ request: { kind: 'relocate-replicas', key: DB1, below: DB2, pattern: '' }, world: MIXED }],
    refusals: [
      [{ kind: 'relocate-replicas', key: DB1, below: DB3, pattern: 'db2' }, GTID_CHAIN],
      [{ kind: 'relocate-replicas', key: DB2, below: at('db4'), pattern: '' }, FAR],
    ],
  },
];
