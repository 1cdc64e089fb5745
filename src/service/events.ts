/**
 * What happens in a node, as data: pages, terminals and later webhooks listen to these. Nobody decides anything by them.
 */
import type { ClusterName, UnixMillis } from '../model/brand.ts';
import type { InstanceKey } from '../model/instance-key.ts';

export type NodeEvent =
  | { readonly kind: 'cluster-changed'; readonly at: UnixMillis; readonly clusterName: ClusterName }
  | { readonly kind: 'instance-forgotten'; readonly at: UnixMillis; readonly key: InstanceKey }
  | {
      readonly kind: 'analysis-changed';
      readonly at: UnixMillis;
      readonly clusterName: ClusterName;
      readonly key: InstanceKey;
      readonly code: string;
      readonly description: string;
    }
  | { readonly kind: 'wire-broken'; readonly at: UnixMillis; readonly key: InstanceKey; readonly reason: string }
  | {
      readonly kind: 'recovery-started';
      readonly at: UnixMillis;
      readonly clusterName: ClusterName;
      readonly uid: string;
      readonly key: InstanceKey;
      readonly code: string;
    }
  | {
      readonly kind: 'recovery-step';
      readonly at: UnixMillis;
      readonly clusterName: ClusterName;
      readonly uid: string;
      readonly message: string;
    }
  /** A server is being provisioned anew: how far it is, one line. */
  | {
      readonly kind: 'reprovision-progress';
      readonly at: UnixMillis;
      readonly clusterName: ClusterName;
      readonly key: InstanceKey;
      readonly message: string;
    }
  | {
      readonly kind: 'recovery-ended';
      readonly at: UnixMillis;
      readonly clusterName: ClusterName;
      readonly uid: string;
      readonly isSuccessful: boolean;
      readonly successor: InstanceKey | null;
    };
