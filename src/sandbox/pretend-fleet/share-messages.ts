// What a fleet's process and the process of a share of it say to each other.

import type { ControlledServer, FleetOrder } from './fleet-order.ts';
import type { ShareOptions } from './fleet-share.ts';

export type ToShare =
  | { readonly kind: 'start'; readonly options: ShareOptions }
  | { readonly kind: 'order'; readonly id: number; readonly order: FleetOrder }
  /** `cluster`: of it alone; null: of all. */
  | { readonly kind: 'servers'; readonly id: number; readonly cluster: number | null };

export type FromShare =
  | { readonly kind: 'started' }
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'ordered'; readonly id: number; readonly refused: string | null }
  | { readonly kind: 'described'; readonly id: number; readonly servers: readonly ControlledServer[] };
