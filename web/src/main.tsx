/** Entry: builds the page's few long-lived objects and mounts it. */
import './styles/index.css';
import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { webRoot } from './api/client.ts';
import { createLive } from './live/live.ts';
import { LiveProvider } from './live/live-context.tsx';
import { createPagesRouter } from './router.tsx';

// No retries: the next event or poll is one. Hidden tabs go on, so that their title shows what happens.
const queryClient = new QueryClient({
  defaultOptions: { queries: { retry: false, refetchIntervalInBackground: true } },
});
const live = createLive(queryClient);
const router = createPagesRouter(webRoot());

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');
createRoot(root).render(
  <StrictMode>
    <MantineProvider defaultColorScheme="auto" withCssVariables={false} withGlobalClasses={false}>
      <QueryClientProvider client={queryClient}>
        <LiveProvider live={live}>
          <RouterProvider router={router} />
        </LiveProvider>
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
