import type { ReactNode } from 'react';

export type BadgeTone = 'plain' | 'ok' | 'notice' | 'warning' | 'critical' | 'acting' | 'recovered' | 'muted';

/** A few words in a frame. */
export function Badge({ tone = 'plain', title, children }: { tone?: BadgeTone; title?: string; children: ReactNode }) {
  return (
    <span className="badge" data-tone={tone} title={title}>
      {children}
    </span>
  );
}
