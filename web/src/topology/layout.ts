/**
 * Where each server's card lies: trees from left to right, a source at the height of its first replica, so that the primary is
 * always at the top left, also with fifty replicas below it. Pure geometry, in CSS pixels; d3-hierarchy walks the tree.
 */
import { type HierarchyNode, hierarchy } from 'd3-hierarchy';
import type { Server, ServerKey } from '../model/server.ts';
import { type Role, roleOf } from './role.ts';
import { type Attention, attentionsOf, type ServerState, stateOf } from './state.ts';
import { compareKeys, countNodes, depthOf, type TreeNode } from './tree.ts';

/** From this many servers on, cards shrink to a line, and those with trouble come first. */
const COMPACT_FROM_SERVERS = 11;
const CARD_MIN_WIDTH_PX = 256;
const CARD_MAX_WIDTH_PX = 380;
const GENERATION_GAP_PX = 36;
const CARD_GAP_PX = { full: 10, compact: 5 } as const;
const TREE_GAP_PX = 18;
/** Must agree with the style of `.server-card`. */
const LINE_PX = 19;
const CARD_FRAME_PX = { full: 18, compact: 10 } as const;
const FACT_LINES = { full: 3, compact: 1 } as const;
/** More lines would push healthy servers off the screen; the details show all. */
const ATTENTION_LINES_MAX = 4;

export type Density = keyof typeof FACT_LINES;

export interface Card {
  readonly server: Server;
  readonly role: Role;
  readonly state: ServerState;
  readonly attentions: readonly Attention[];
  readonly countReplicas: number;
  readonly sourceElsewhere: ServerKey | null;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export type LinkTone = 'ok' | 'broken' | 'muted';

export interface Link {
  readonly id: string;
  readonly path: string;
  readonly tone: LinkTone;
}

export interface Layout {
  readonly density: Density;
  readonly cards: readonly Card[];
  readonly links: readonly Link[];
  readonly width: number;
  readonly height: number;
}

interface Measured {
  readonly node: TreeNode;
  readonly role: Role;
  readonly attentions: readonly Attention[];
  readonly height: number;
}

/** `availableWidth`: of the pane; cards grow into it and shrink to their minimum, then the pane scrolls. */
export function layoutForest(forest: readonly TreeNode[], availableWidth: number): Layout {
  const density: Density = countNodes(forest) >= COMPACT_FROM_SERVERS ? 'compact' : 'full';
  const width = cardWidth(depthOf(forest), availableWidth);
  const cards: Card[] = [];
  const links: Link[] = [];
  let top = 0;
  for (const tree of forest) {
    const root = measuredHierarchy(tree, density);
    const bottom = place(root, top, { width, density, cards, links });
    top = bottom + TREE_GAP_PX;
  }
  links.push(...pairLinks(cards));
  return {
    density,
    cards,
    links,
    width: cards.reduce((right, card) => Math.max(right, card.x + card.width), 0),
    height: Math.max(0, top - TREE_GAP_PX),
  };
}

function cardWidth(generations: number, available: number): number {
  const perCard = (available - Math.max(0, generations - 1) * GENERATION_GAP_PX) / Math.max(1, generations);
  return Math.floor(Math.min(CARD_MAX_WIDTH_PX, Math.max(CARD_MIN_WIDTH_PX, perCard)));
}

function measuredHierarchy(tree: TreeNode, density: Density): HierarchyNode<Measured> {
  const measure = (node: TreeNode): Measured => {
    const role = roleOf(node.server, node.children.length);
    const attentions = attentionsOf(node.server, role);
    const outside = node.sourceElsewhere !== null && role !== 'co-primary' ? 1 : 0;
    const lines = FACT_LINES[density] + Math.min(attentions.length, ATTENTION_LINES_MAX) + outside;
    return { node, role, attentions, height: lines * LINE_PX + CARD_FRAME_PX[density] };
  };
  const root = hierarchy<Measured>(measure(tree), ({ node }) => node.children.map(measure));
  return root.sort((a, b) => childOrder(density, a.data, b.data));
}

/** Few servers keep their places whatever happens to them; among many, those with trouble must not hide below the fold. */
function childOrder(density: Density, a: Measured, b: Measured): number {
  const trouble = (measured: Measured): number => {
    const state = stateOf(measured.node.server);
    return measured.node.server.downtime ? 1 : state === 'ok' ? 2 : 0;
  };
  const byTrouble = density === 'compact' ? trouble(a) - trouble(b) : 0;
  return byTrouble || compareKeys(a.node.server.key, b.node.server.key);
}

interface Canvas {
  readonly width: number;
  readonly density: Density;
  readonly cards: Card[];
  readonly links: Link[];
}

/** Places a subtree with its top at `top`; gives the subtree's bottom. */
function place(item: HierarchyNode<Measured>, top: number, canvas: Canvas): number {
  const { data, depth } = item;
  const card: Card = {
    server: data.node.server,
    role: data.role,
    state: stateOf(data.node.server),
    attentions: data.attentions.slice(0, ATTENTION_LINES_MAX),
    countReplicas: data.node.children.length,
    sourceElsewhere: data.node.sourceElsewhere,
    x: depth * (canvas.width + GENERATION_GAP_PX),
    y: top,
    width: canvas.width,
    height: data.height,
  };
  canvas.cards.push(card);
  const children = item.children ?? [];
  const childTops: number[] = [];
  let bottom = top;
  for (const child of children) {
    const childTop = childTops.length === 0 ? top : bottom + CARD_GAP_PX[canvas.density];
    childTops.push(childTop);
    bottom = place(child, childTop, canvas);
  }
  if (children.length > 0) {
    canvas.links.push(trunk(card, childTops));
    for (const [index, child] of children.entries()) {
      canvas.links.push(branch(card, child.data.node.server, childTops[index] ?? top));
    }
  }
  return Math.max(bottom, top + data.height);
}

/** Links leave and enter at the first line of a card, whatever its height. */
const LINK_FROM_TOP_PX = { full: 18, compact: 14 } as const;
const COMPACT_HEIGHT_PX = 40;

function linkHeight(height: number): number {
  return height < COMPACT_HEIGHT_PX ? LINK_FROM_TOP_PX.compact : LINK_FROM_TOP_PX.full;
}

/** From a source to the height of its last replica. Shared by all of them, so it tells of the source alone. */
function trunk(source: Card, childTops: readonly number[]): Link {
  const fromX = source.x + source.width;
  const fromY = source.y + linkHeight(source.height);
  const middle = fromX + GENERATION_GAP_PX / 2;
  const last = (childTops.at(-1) ?? source.y) + linkHeight(source.height);
  return {
    id: `${source.server.key} trunk`,
    path: `M${fromX},${fromY}H${middle}V${last}`,
    tone: source.state === 'dead' ? 'broken' : 'ok',
  };
}

/** From the trunk to one replica: tells whether that one replicates. */
function branch(source: Card, replica: Server, top: number): Link {
  const middle = source.x + source.width + GENERATION_GAP_PX / 2;
  return {
    id: `${source.server.key} ${replica.key}`,
    path: `M${middle},${top + linkHeight(source.height)}h${GENERATION_GAP_PX / 2}`,
    tone: linkTone(replica),
  };
}

function linkTone(replica: Server): LinkTone {
  if (replica.downtime) return 'muted';
  return replica.isLastCheckValid && replica.receiver === 'running' && replica.applier === 'running' ? 'ok' : 'broken';
}

/** Co-primaries stand one above the other; one line at their left side joins them. */
function pairLinks(cards: readonly Card[]): readonly Link[] {
  const byKey = new Map(cards.map((card) => [card.server.key, card]));
  return cards.flatMap((card) => {
    const other = card.sourceElsewhere === null ? undefined : byKey.get(card.sourceElsewhere);
    // Each pair once, and only between roots: anything else is a ring that was cut, told in words on the card.
    if (!other || other.sourceElsewhere !== card.server.key || other.y <= card.y) return [];
    const x = card.x + LINK_FROM_TOP_PX.full;
    const tones = [linkTone(card.server), linkTone(other.server)];
    const tone: LinkTone = tones.includes('broken') ? 'broken' : tones.includes('muted') ? 'muted' : 'ok';
    return [{ id: `${card.server.key} ${other.server.key}`, path: `M${x},${card.y + card.height}V${other.y}`, tone }];
  });
}
