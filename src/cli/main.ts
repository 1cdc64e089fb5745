/**
 * Where the program begins. Run from sources it keeps what was compiled, because compiling is most of a short command's time;
 * never in a folder that others can write to: they could make us run what they put there.
 */
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

if (import.meta.filename.endsWith('.ts')) enableCompileCache(join(import.meta.dirname, '../../.cache/compiled'));

const { runProcess } = await import('./run-process.ts');
await runProcess(process.argv.slice(2));
