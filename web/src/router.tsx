/** Which address shows which page. The paths are those of the contract (spec/http-api.md 1.11). */
import { createRootRoute, createRoute, createRouter, redirect } from '@tanstack/react-router';
import { ClusterPage } from './pages/cluster-page.tsx';
import { ClustersPage } from './pages/clusters-page.tsx';
import { NotFoundPage } from './pages/not-found-page.tsx';
import { AppShell } from './parts/app-shell.tsx';

const rootRoute = createRootRoute({ component: AppShell, notFoundComponent: NotFoundPage });

const homeRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/clusters', replace: true });
  },
});

const clustersRoute = createRoute({ getParentRoute: () => rootRoute, path: '/clusters', component: ClustersPage });

const clusterRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/cluster/$clusterName',
  component: function ClusterByHint() {
    const { clusterName } = clusterRoute.useParams();
    return <ClusterPage hint={clusterName} />;
  },
});

const clusterByAliasRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/cluster/alias/$clusterAlias',
  component: function ClusterByAlias() {
    const { clusterAlias } = clusterByAliasRoute.useParams();
    return <ClusterPage hint={clusterAlias} />;
  },
});

const clusterByInstanceRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/cluster/instance/$host/$port',
  component: function ClusterByInstance() {
    const { host, port } = clusterByInstanceRoute.useParams();
    return <ClusterPage hint={`${host}:${port}`} />;
  },
});

const routeTree = rootRoute.addChildren([
  homeRoute,
  clustersRoute,
  clusterRoute,
  clusterByAliasRoute,
  clusterByInstanceRoute,
]);

/** `webRoot`: path of the pages' root, as `webRootOf` gives it. */
export function createPagesRouter(webRoot: string) {
  return createRouter({
    routeTree,
    basepath: webRoot,
    // Cluster names contain a colon; it needs no escape and is easier to read without.
    pathParamsAllowedCharacters: [':', '@'],
    defaultNotFoundComponent: NotFoundPage,
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createPagesRouter>;
  }
}
