import { ToneGlyph } from '../parts/glyphs.tsx';
import type { Verdict } from './verdict.ts';

export function VerdictBanner({ verdict }: { verdict: Verdict }) {
  return (
    <div className="verdict" data-testid="verdict" data-tone={verdict.tone} role="status">
      <ToneGlyph tone={verdict.tone} />
      <strong>{verdict.headline}</strong>
      {verdict.details.length > 0 ? <span className="verdict-details">{verdict.details.join(' · ')}</span> : null}
    </div>
  );
}
