/**
 * The columns that detections and recoveries share: what they remember of the analysis.
 */
import { clusterName } from '../../model/brand.ts';
import type { AnalysisDigest, NodeIdentity } from '../../model/recovery-record.ts';
import { keysToCommaText, parseKeyList } from '../key-list.ts';

interface DigestRow {
  readonly hostname: string;
  readonly port: number;
  readonly analysis: string;
  readonly cluster_name: string;
  readonly cluster_alias: string;
  readonly count_affected_slaves: number;
  readonly slave_hosts: string;
}

export const digestToColumns = (digest: AnalysisDigest): DigestRow => ({
  hostname: digest.key.hostname,
  port: digest.key.port,
  analysis: digest.code,
  cluster_name: digest.clusterName,
  cluster_alias: digest.clusterAlias,
  count_affected_slaves: digest.countReplicas,
  slave_hosts: keysToCommaText(digest.replicas),
});

export const digestOfRow = (row: DigestRow): AnalysisDigest => ({
  key: { hostname: row.hostname, port: row.port },
  code: row.analysis,
  clusterName: clusterName(row.cluster_name),
  clusterAlias: row.cluster_alias,
  countReplicas: row.count_affected_slaves,
  replicas: parseKeyList(row.slave_hosts),
});

/** `processcing`: the contract's spelling. */
export const nodeToColumns = (node: NodeIdentity) => ({
  processing_node_hostname: node.hostname,
  processcing_node_token: node.token,
});

export const nodeOfRow = (row: ReturnType<typeof nodeToColumns>): NodeIdentity => ({
  hostname: row.processing_node_hostname,
  token: row.processcing_node_token,
});

/** Rows a page of every audit listing (spec/recovery.md 9.3). */
export const PAGE_SIZE = 20;

/** Rows before a page; a page before the first is the first: not every engine knows what to make of a negative offset. */
export const pageOffset = (page = 0): number => Math.max(0, page) * PAGE_SIZE;
