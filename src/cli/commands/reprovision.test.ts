/** The commands about provisioning: which server, which donor, and what may be lost, are said and never guessed. */
import { describe, expect, it } from 'vitest';
import { I } from '../testing/ask-operation.ts';
import { run } from '../testing/run-in-world.ts';

const asked = async (...words: readonly string[]) => run(['-c', 'reprovision', ...words]);

describe('reprovision', () => {
  it.each([[['-i', I]], [['-i', I, '-d', '127.0.0.1:10112']]])('%j asks for it', async (words) => {
    const { status, made } = await asked(...words);
    expect(status).toBe(0);
    const named = words.includes('-d') ? ' donor 127.0.0.1:10112' : '';
    expect(made).toContain(`operate reprovision ${I}${named} discard errant false`);
  });

  it('says that something may be lost only where that was said', async () => {
    expect((await asked('-i', I, '--discard-errant')).made).toContain(`operate reprovision ${I} discard errant true`);
  });

  it('shows its plan', async () => {
    const { status, made } = await asked('-i', I, '--dry-run');
    expect(status).toBe(0);
    expect(made.join()).toContain(`plan reprovision ${I}`);
    expect(made.join()).not.toContain('operate');
  });

  it('takes no server for the one that was forgotten, and no donor for one that is misspelt', async () => {
    const nobody = await asked();
    expect([nobody.status, nobody.made.join()]).toEqual([1, expect.not.stringContaining('operate')]);
    expect(nobody.err).toContain('name the one whose data are to be replaced with -i');
    const misspelt = await asked('-i', I, '-d', '127.0.0.1:x');
    expect([misspelt.status, misspelt.made.join()]).toEqual([1, expect.not.stringContaining('operate')]);
    expect(misspelt.err).toContain('Cannot deduce donor');
  });
});

describe('reprovision-status', () => {
  it('asks the service of the server, and changes nothing', async () => {
    const { status, out } = await run(['-c', 'reprovision-status', '-i', I]);
    expect(status).toBe(0);
    expect(out).toContain(`${I}: nothing is under way`);
  });
});
