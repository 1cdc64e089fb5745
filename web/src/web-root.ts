/**
 * Where the pages are served: `<anything>/web/`, worked out from the address alone, so that a rewriting proxy in front needs no
 * configuration (spec/http-api.md 1.11).
 */

/**
 * Path of the pages' root, with slashes at both ends, from a page's path. The first `/web/` that a page of ours follows counts:
 * a prefix may itself be `/web`, and a cluster may be called `web`. Without any, `/web/`.
 *
 * Also runs inline in the page's head (vite.config.ts): keep it free of imports and outer names.
 */
export function webRootOf(pathname: string): string {
  const page = /\/web\/(?=$|clusters\/?$|cluster\/|(?!web\/)[^/]*\/?$)/.exec(pathname) ?? /\/web\//.exec(pathname);
  return page ? pathname.slice(0, page.index) + page[0] : '/web/';
}

/** Where the API is: beside the pages' root. */
export function apiRootOf(webRoot: string): string {
  return webRoot.replace(/web\/$/, 'api/');
}
