/** Worlds for tests of reprovisioning: a primary, replicas, and a server that is to get new data. */
import type { CloneFacts, CloneReading, CloneRun } from '../../model/clone-run.ts';
import type { Instance } from '../../model/instance.ts';
import type { PromotionRule } from '../../model/promotion-rule.ts';
import type { ReprovisionRecord } from '../../model/reprovision-record.ts';
import { SAMPLE_NOW, sampleKey, sampleReplica, sampleServer } from '../../model/topology-samples.ts';
import { rules, TEST_POLICY, trx } from '../testing.ts';
import type { OperationFacts } from './operation-facts.ts';
import { planOperation } from './plan-operation.ts';
import { NOTHING_OF_REPROVISIONS, type ReprovisionFacts } from './reprovision-facts.ts';
import { aWorld, type WorldChanges } from './testing.ts';

export const [PRIMARY, DONOR, OTHER, RECIPIENT] = [1, 2, 3, 4];
export const SECRET = 'secret of orc';

export const executed = { executedGtidSet: trx('1-10', PRIMARY) };
export const ERRANT = trx('1-2', RECIPIENT);
export const own = { executedGtidSet: `${trx('1-9', PRIMARY)},${ERRANT}` };

export const peer = (port: number, changes: Partial<Instance> = {}): Instance =>
  sampleReplica(port, PRIMARY, { ...executed, hasReplicationCredentials: true, ...changes });

/** A primary that was replaced: read-only, and of no cluster. */
export const former = (changes: Partial<Instance> = {}): Instance =>
  sampleServer(RECIPIENT, { readOnly: true, ...own, ...changes });

export const SERVERS: readonly Instance[] = [sampleServer(PRIMARY, executed), peer(DONOR), peer(OTHER)];

export const told = (changes: Partial<CloneFacts> = {}): CloneReading => ({
  kind: 'read',
  facts: {
    plugin: 'active',
    validDonors: '',
    mayClone: true,
    mayDonate: true,
    mayInstall: true,
    last: null,
    isTold: true,
    ...changes,
  },
});

export const aClone = (changes: Partial<CloneRun> = {}): CloneRun => ({
  state: 'running',
  donor: `127.0.0.1:${DONOR}`,
  beganAt: 'today',
  errorNumber: 0,
  errorText: '',
  stages: [{ name: 'DROP DATA', state: 'in-progress', estimatedBytes: 0, copiedBytes: 0 }],
  ...changes,
});

export const aRecord = (changes: Partial<ReprovisionRecord> = {}): ReprovisionRecord => ({
  key: sampleKey(RECIPIENT),
  donor: sampleKey(DONOR),
  primary: sampleKey(PRIMARY),
  method: 'clone',
  discarded: ERRANT,
  formerClone: '',
  delaySeconds: 0,
  superReadOnly: false,
  phase: 'begun',
  node: { hostname: 'orc', token: 't' },
  at: SAMPLE_NOW,
  ...changes,
});

export interface Scenery extends WorldChanges {
  readonly recipient?: Instance;
  readonly others?: readonly Instance[];
  readonly promotionRules?: Readonly<Record<number, PromotionRule>>;
  /** What servers tell of the CLONE plugin, by their ports; the others that it is there. */
  readonly clones?: Readonly<Record<number, CloneReading>>;
  readonly known?: Partial<ReprovisionFacts>;
}

export function scenery({
  recipient = former(),
  others = SERVERS,
  promotionRules = {},
  clones = {},
  known = {},
  ...changes
}: Scenery = {}): OperationFacts {
  const promotion = { ...TEST_POLICY, promotionRule: rules(promotionRules) };
  return {
    ...aWorld([...others, recipient], { ...changes, rules: { promotion, ...changes.rules } }),
    reprovision: {
      ...NOTHING_OF_REPROVISIONS,
      successor: sampleKey(PRIMARY),
      clone: (key) => clones[key.port] ?? told(),
      account: { user: 'orc', password: SECRET },
      replication: { user: 'repl', password: 'secret of repl' },
      ...known,
    },
  };
}

export interface Wish {
  readonly donor?: number;
  readonly discardErrant?: boolean;
  readonly of?: number;
}

export const asked = ({ donor, discardErrant = true, of = RECIPIENT }: Wish = {}) =>
  ({
    kind: 'reprovision',
    key: sampleKey(of),
    donor: donor === undefined ? null : sampleKey(donor),
    discardErrant,
  }) as const;

export const plan = (facts: OperationFacts, wish: Wish = {}) => planOperation(asked(wish), facts);
