/**
 * Builds the pages into dist/web: one index.html for every page, and assets beside it, all named relatively.
 *
 * The files do not know under which prefix they are served. A page may lie at any depth below `/web/`, so a relative asset
 * name alone would point at different places; the inline script below sets `<base>` before the first asset is asked for.
 */
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';
import { webRootOf } from './src/web-root.ts';

/**
 * Runs in the page's head, the only inline script. The base comes from the same function that the unit tests check. The asset
 * tags are written by the script, too: in plain sight the browser would fetch them ahead, from the wrong place, before the base
 * is set.
 */
const bootScript = (assetTags: string): string => `(() => {
const base = document.createElement('base');
base.href = (${webRootOf.toString()})(location.pathname);
document.head.prepend(base);
document.write(${JSON.stringify(assetTags).replaceAll('<', '\\u003c')});
})();`;

function setBaseBeforeAssets(): Plugin {
  return {
    name: 'set-base-before-assets',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler: (html) => {
        const tags: string[] = [];
        const rest = html.replaceAll(
          /^ *(<link [^>]*>|<script [^>]*src=[^>]*><\/script>)\n/gm,
          (_line, tag: string) => {
            tags.push(tag);
            return '';
          },
        );
        return { html: rest, tags: [{ tag: 'script', children: bootScript(tags.join('')), injectTo: 'head' }] };
      },
    },
  };
}

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: './',
  plugins: [setBaseBeforeAssets(), react()],
  build: {
    outDir: fileURLToPath(new URL('../dist/web', import.meta.url)),
    emptyOutDir: true,
    // Browsers of the last two years: light-dark() and nested rules stay as written.
    target: 'es2023',
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    modulePreload: { polyfill: false },
    // Everything from our own origin, also small pictures: a strict content security policy stays possible.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1000,
  },
});
