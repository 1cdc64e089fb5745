import { describe, expect, it } from 'vitest';
import { boundaries, importsOf, violations } from './boundaries.ts';

describe('importsOf', () => {
  it('finds every way to name a module, and tells types from values', () => {
    const source = `
import './effects.ts';
import one from 'one';
import {
  type A,
  b,
} from 'several-lines';
import { type A, type B } from 'only-types-in-braces';
import type { C } from 'types';
export { d } from 'again';
export type { E } from 'type-again';
export * from 'all';
const late = await import('late');
export const text = 'not-a-module';
`;
    expect(importsOf(source)).toEqual([
      { specifier: './effects.ts', typeOnly: false },
      { specifier: 'one', typeOnly: false },
      { specifier: 'several-lines', typeOnly: false },
      { specifier: 'only-types-in-braces', typeOnly: true },
      { specifier: 'types', typeOnly: true },
      { specifier: 'again', typeOnly: false },
      { specifier: 'type-again', typeOnly: true },
      { specifier: 'all', typeOnly: false },
      { specifier: 'late', typeOnly: false },
    ]);
  });
});

describe('violations', () => {
  it.each([
    ['src/model/a.ts', `import { x } from '../analysis/x.ts';`],
    ['src/model/a.ts', `import type { X } from '../ports/x.ts';`],
    ['src/model/a.ts', `import { readFileSync } from 'node:fs';`],
    ['src/analysis/a.ts', `import { z } from 'zod';`],
    ['src/planning/deep/a.ts', `import { x } from '../../recovery/x.ts';`],
    ['src/ports/a.ts', `import { x } from '../planning/x.ts';`],
    ['src/recovery/a.ts', `import { x } from '../mysql/x.ts';`],
    ['src/mysql/mariadb/a.ts', `import { x } from '../../discovery/x.ts';`],
    ['src/mysql/a.ts', `import { x } from '../ports/x.ts';`],
    ['src/store/a.ts', `import { x } from '../service/x.ts';`],
    ['src/config/a.ts', `import { x } from '../model/x.ts';`],
    ['src/http/a.ts', `import { x } from '../store/x.ts';`],
    ['src/cli/a.ts', `export { x } from '../mysql/x.ts';`],
    ['src/sandbox/a.ts', `const x = await import('../service/x.ts');`],
    ['src/model/a.ts', `import { x } from '../../test/x.ts';`],
    ['src/unheard-of/a.ts', `import { x } from './x.ts';`],
    ['web/src/a.ts', `import type { X } from '../../src/model/x.ts';`],
  ])('refuses in %s: %s', (file, source) => {
    expect(violations(file, source)).toHaveLength(1);
  });

  it.each([
    ['src/model/a.ts', `import { x } from './x.ts';`],
    ['src/model/a.test.ts', `import { it } from 'vitest';`],
    ['src/planning/a.ts', `import { x } from '../analysis/x.ts';`],
    ['src/ports/a.ts', `import type { X } from '../planning/x.ts';`],
    ['src/mysql/a.ts', `import type { X } from '../ports/x.ts';`],
    ['src/http/a.ts', `import type { X } from '../store/x.ts';`],
    ['src/service/a.ts', `import { x } from '../store/x.ts';`],
    ['src/sandbox/a.ts', `import { spawn } from 'node:child_process';`],
    ['web/src/a.ts', `import { useState } from 'react';`],
  ])('allows in %s: %s', (file, source) => {
    expect(violations(file, source)).toEqual([]);
  });

  it('has no two folders that may import values of each other, so that data keeps flowing one way', () => {
    const may = (from: string, to: string) =>
      boundaries[from]?.may !== 'everything' && boundaries[from]?.may.includes(to);
    const names = Object.keys(boundaries);
    expect(names.filter((a) => names.some((b) => may(a, b) && may(b, a)))).toEqual([]);
  });
});
