/** The frame of every page: where one is, whether it is live, and what concerns all clusters. */
import { useQuery } from '@tanstack/react-query';
import { Link, Outlet } from '@tanstack/react-router';
import { globalRecoveriesQuery, healthQuery } from '../api/queries.ts';
import { usePolling } from '../live/live-context.tsx';
import { LiveSign, SilenceBanner } from './live-sign.tsx';

export function AppShell() {
  const polling = usePolling();
  const { data: health } = useQuery({ ...healthQuery, ...polling });
  return (
    <>
      <button type="button" className="skip-link" onClick={focusMain}>
        Skip to content
      </button>
      <header className="app-header">
        <Link to="/clusters" className="app-name">
          <AppMark /> orchestrator
        </Link>
        <nav aria-label="Pages">
          <Link to="/clusters" className="nav-link">
            Clusters
          </Link>
        </nav>
        <span className="app-node">
          {health?.hostname ? <span title="The node that answers">{health.hostname}</span> : null}
          <LiveSign />
        </span>
      </header>
      <SilenceBanner />
      {health && !health.healthy ? (
        <div className="banner" data-tone="critical" role="alert">
          <strong>This node is not healthy.</strong> It cannot use its own database; others may act in its place.
        </div>
      ) : null}
      <GlobalRecoveriesBanner />
      <main id="main" tabIndex={-1}>
        <Outlet />
      </main>
    </>
  );
}

/** No link to `#main`: the base address of the page would make that another page. */
function focusMain(): void {
  document.getElementById('main')?.focus();
}

function GlobalRecoveriesBanner() {
  const { data: isEnabled } = useQuery({ ...globalRecoveriesQuery, ...usePolling() });
  if (isEnabled !== false) return null;
  return (
    <div className="banner" data-tone="critical" data-testid="global-recoveries-disabled" role="alert">
      <strong>Automatic recoveries are switched off, for all clusters.</strong> If a primary dies now, nothing is failed
      over by itself. Switch on: <code>orchestrator -c enable-global-recoveries</code>
    </div>
  );
}

function AppMark() {
  return (
    <svg className="app-mark" viewBox="0 0 32 32" aria-hidden="true">
      <path d="M11 16h5m0 0V7h5M16 16v9h5" fill="none" stroke="currentColor" strokeWidth="3" />
      <path d="M6 10l6 6-6 6-6-6z" transform="translate(1 0)" fill="currentColor" />
      <circle cx="25" cy="7" r="4" fill="none" stroke="currentColor" strokeWidth="3" />
      <circle cx="25" cy="25" r="4" fill="none" stroke="currentColor" strokeWidth="3" />
    </svg>
  );
}
