import { useElementSize } from '@mantine/hooks';
import { useMemo } from 'react';
import type { ServerKey } from '../model/server.ts';
import { layoutForest } from './layout.ts';
import { ServerCard } from './server-card.tsx';
import { sharedDomain } from './short-names.ts';
import type { TreeNode } from './tree.ts';

/** Before the pane has been measured. */
const FIRST_WIDTH_PX = 800;

interface Props {
  readonly forest: readonly TreeNode[];
  readonly openKey: ServerKey | null;
  readonly onOpen: (key: ServerKey) => void;
}

/** The servers as a tree, sources at the left. Cards glide to their new places, so that a failover is seen as a movement. */
export function TopologyTree({ forest, openKey, onOpen }: Props) {
  const { ref, width } = useElementSize();
  const layout = useMemo(() => layoutForest(forest, width || FIRST_WIDTH_PX), [forest, width]);
  const domain = useMemo(() => sharedDomain(layout.cards.map(({ server }) => server.key)), [layout]);
  return (
    <div className="tree-pane" data-density={layout.density}>
      <div ref={ref} />
      <div className="tree" style={{ width: layout.width, height: layout.height }}>
        <svg className="tree-links" width={layout.width} height={layout.height} aria-hidden="true">
          {layout.links.map((link) => (
            <path key={link.id} d={link.path} data-tone={link.tone} />
          ))}
        </svg>
        <ul>
          {layout.cards.map((card) => (
            <ServerCard
              key={card.server.key}
              card={card}
              density={layout.density}
              domain={domain}
              isOpen={card.server.key === openKey}
              onOpen={onOpen}
            />
          ))}
        </ul>
      </div>
      {domain ? <p className="quiet tree-note">Names without {domain}</p> : null}
    </div>
  );
}
