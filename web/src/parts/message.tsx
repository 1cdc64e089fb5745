import { useDocumentTitle } from '@mantine/hooks';
import type { ReactNode } from 'react';

/** A page that has only something to say. */
export function Message({ title, testId, children }: { title: string; testId?: string; children?: ReactNode }) {
  useDocumentTitle(`${title} · orchestrator`);
  return (
    <section className="message" data-testid={testId}>
      <h1>{title}</h1>
      {children}
    </section>
  );
}
