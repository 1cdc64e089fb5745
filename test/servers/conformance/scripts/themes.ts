/** All scripts, by theme. */
import type { Script } from '../support/script.ts';
import { HALF_TRANSACTION } from './half-transaction.ts';
import { LOCKS } from './locks.ts';
import { PLACE_SCRIPTS } from './places.ts';
import { PRODUCT } from './product.ts';
import { READ_ONLY } from './read-only.ts';
import { REPLICA_CONTROL } from './replica-control.ts';
import { RESTART } from './restart.ts';
import { SEMI_SYNC } from './semi-sync.ts';
import { SOURCES } from './sources.ts';
import { STATUS } from './status.ts';
import { TRANSACTIONS } from './transactions.ts';

export interface Theme {
  readonly theme: string;
  readonly scripts: readonly Script[];
}

export const THEMES: readonly Theme[] = [
  { theme: 'replica control', scripts: REPLICA_CONTROL },
  { theme: 'read-only', scripts: READ_ONLY },
  { theme: 'transactions', scripts: TRANSACTIONS },
  { theme: 'locks', scripts: LOCKS },
  { theme: 'semi-sync', scripts: SEMI_SYNC },
  { theme: 'restart', scripts: RESTART },
  { theme: 'sources', scripts: SOURCES },
  { theme: 'half a transaction', scripts: HALF_TRANSACTION },
  { theme: 'status', scripts: STATUS },
  { theme: 'places', scripts: PLACE_SCRIPTS },
  { theme: 'statements of the product', scripts: PRODUCT },
];
