/**
 * MariaDB GTID positions: the last transaction of each replication domain, `domain-server-sequence[,…]`.
 *
 * A position is not a set: `0-1-100` says that everything of domain 0 up to there has been seen, whoever wrote it. That is true as
 * long as sequence numbers only grow within a domain: a promoted server counts on from the last one it applied
 * (MariaDB knowledge base, "Global Transaction ID": the position is one GTID a domain, and `gtid_strict_mode` refuses numbers out of
 * order). So within a domain
 * - the greater sequence is ahead, also when another server wrote it;
 * - the same sequence of two servers are two transactions: both were primary at once, the histories have parted;
 * - histories that parted and then grew to different lengths look like ahead and behind. Positions cannot tell; only
 *   `gtid_binlog_state`, or the refusal of the source when the replica connects, can.
 */
import type { Brand } from './brand.ts';

export interface MariadbGtid {
  /** 0 to 2^32 - 1. */
  readonly domain: number;
  /** 0 to 2^32 - 1. */
  readonly server: number;
  /** 0 to 2^53 - 1. */
  readonly sequence: number;
}

/** Sorted by domain, each domain once. Made by `parseMariadbPosition` and `furthestPosition`. */
export type MariadbPosition = Brand<{ readonly gtids: readonly MariadbGtid[] }, 'MariadbPosition'>;

export type MariadbPositionParse =
  | { readonly kind: 'ok'; readonly position: MariadbPosition }
  | { readonly kind: 'refused'; readonly reason: string };

/** How the first of two positions stands to the second. */
export type PositionOrder = 'equal' | 'ahead' | 'behind' | 'diverged';

export const EMPTY_MARIADB_POSITION: MariadbPosition = sorted([]);

const MAX_UINT32 = 2 ** 32 - 1;

/**
 * Reads `gtid_slave_pos`, `gtid_binlog_pos`, `gtid_current_pos` or `Gtid_IO_Pos`; '' is the empty position. Spaces and empty pieces
 * do not count. Refuses a domain that occurs twice, as the server does for `gtid_slave_pos` (error 1943), so `gtid_binlog_state`
 * is refused as soon as a second server has written.
 */
export function parseMariadbPosition(text: string): MariadbPositionParse {
  const byDomain = new Map<number, MariadbGtid>();
  for (const piece of text.split(',')) {
    const trimmed = piece.trim();
    if (trimmed === '') continue;
    const gtid = readGtid(trimmed);
    if (gtid === null) return { kind: 'refused', reason: `Cannot parse MariaDB GTID "${trimmed.slice(0, 80)}"` };
    if (byDomain.has(gtid.domain)) return { kind: 'refused', reason: `Domain ${gtid.domain} occurs twice` };
    byDomain.set(gtid.domain, gtid);
  }
  return { kind: 'ok', position: sorted([...byDomain.values()]) };
}

/** Of GTIDs in any order, one a domain. */
export const mariadbPosition = (gtids: readonly MariadbGtid[]): MariadbPosition => sorted(gtids);

/** As servers print it, sorted by domain; fit for `SET GLOBAL gtid_slave_pos` and `MASTER_GTID_WAIT`. Empty: ''. */
export function mariadbPositionText(position: MariadbPosition): string {
  return position.gtids.map(({ domain, server, sequence }) => `${domain}-${server}-${sequence}`).join(',');
}

export function domainsOf(position: MariadbPosition): number[] {
  return position.gtids.map((gtid) => gtid.domain);
}

/**
 * Compares domain by domain; a domain that is missing has seen nothing, so it is behind. Ahead in one domain and behind in another is
 * 'diverged': neither may become the source of the other without loss.
 */
export function comparePositions(one: MariadbPosition, other: MariadbPosition): PositionOrder {
  let verdict: PositionOrder = 'equal';
  for (const domain of new Set([...domainsOf(one), ...domainsOf(other)])) {
    const order = compareGtids(inDomain(one, domain), inDomain(other, domain));
    if (order === 'equal' || order === verdict) continue;
    if (verdict !== 'equal' || order === 'diverged') return 'diverged';
    verdict = order;
  }
  return verdict;
}

/** `outer` has seen all that `inner` has. The empty position is contained in each. */
export function containsPosition(outer: MariadbPosition, inner: MariadbPosition): boolean {
  return inner.gtids.every((gtid) => {
    const order = compareGtids(inDomain(outer, gtid.domain), gtid);
    return order === 'equal' || order === 'ahead';
  });
}

/**
 * The further one of each domain: what has been seen when both have, such as received and executed. Where two servers wrote the same
 * sequence, the greater server id is taken for the sake of one answer: ask `comparePositions` first if that matters.
 */
export function furthestPosition(one: MariadbPosition, other: MariadbPosition): MariadbPosition {
  const furthest = new Map(one.gtids.map((gtid) => [gtid.domain, gtid]));
  for (const gtid of other.gtids) {
    const known = furthest.get(gtid.domain);
    const further =
      known === undefined ||
      gtid.sequence > known.sequence ||
      (gtid.sequence === known.sequence && gtid.server > known.server);
    if (further) furthest.set(gtid.domain, gtid);
  }
  return sorted([...furthest.values()]);
}

function compareGtids(one: MariadbGtid | undefined, other: MariadbGtid | undefined): PositionOrder {
  if (one === undefined || other === undefined) {
    if (one === other) return 'equal';
    return one === undefined ? 'behind' : 'ahead';
  }
  if (one.sequence !== other.sequence) return one.sequence > other.sequence ? 'ahead' : 'behind';
  return one.server === other.server ? 'equal' : 'diverged';
}

function inDomain(position: MariadbPosition, domain: number): MariadbGtid | undefined {
  return position.gtids.find((gtid) => gtid.domain === domain);
}

function readGtid(text: string): MariadbGtid | null {
  const match = /^([0-9]+)-([0-9]+)-([0-9]+)$/.exec(text);
  if (match === null) return null;
  const [domain, server, sequence] = [Number(match[1]), Number(match[2]), Number(match[3])];
  if (domain > MAX_UINT32 || server > MAX_UINT32 || !Number.isSafeInteger(sequence)) return null;
  return { domain, server, sequence };
}

function sorted(gtids: readonly MariadbGtid[]): MariadbPosition {
  const inOrder: readonly MariadbGtid[] = gtids.toSorted((one, other) => one.domain - other.domain);
  return { gtids: inOrder } as MariadbPosition;
}
