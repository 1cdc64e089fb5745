import { describe, expect, it } from 'vitest';
import { apiRootOf, webRootOf } from './web-root.ts';

describe('where the pages are served', () => {
  it.each([
    ['/web/', '/web/'],
    ['/web/clusters', '/web/'],
    ['/web/cluster/127.0.0.1:3306', '/web/'],
    ['/web/cluster/alias/demo', '/web/'],
    ['/orc/web/cluster/demo', '/orc/web/'],
    ['/tools/db/orc/web/clusters/', '/tools/db/orc/web/'],
    ['/web/nothing-here', '/web/'],
    ['/orc/web/nothing/here', '/orc/web/'],
  ])('is found in %s', (pathname, expected) => {
    expect(webRootOf(pathname)).toBe(expected);
  });

  it('is not confused by a cluster that is called web', () => {
    expect(webRootOf('/orc/web/cluster/web/')).toBe('/orc/web/');
    expect(webRootOf('/orc/web/cluster/alias/web/')).toBe('/orc/web/');
  });

  it('is not confused by a prefix that is called web', () => {
    expect(webRootOf('/web/web/cluster/demo')).toBe('/web/web/');
    expect(webRootOf('/web/web/')).toBe('/web/web/');
    expect(webRootOf('/web/web/clusters')).toBe('/web/web/');
  });

  it('stands beside the API', () => {
    expect(apiRootOf('/web/')).toBe('/api/');
    expect(apiRootOf('/web/web/')).toBe('/web/api/');
  });
});
