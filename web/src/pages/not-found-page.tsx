import { Link } from '@tanstack/react-router';
import { Message } from '../parts/message.tsx';

/** For addresses that no page has, also those of the former interface that are not here yet. */
export function NotFoundPage() {
  return (
    <Message title="There is no such page" testId="not-found">
      <p>
        Every cluster has its page under <code>web/cluster/</code> and its name, alias or one of its servers.
      </p>
      <p>
        <Link to="/clusters">All clusters</Link>
      </p>
    </Message>
  );
}
