/** What the contract recorded, byte by byte: status, standard output, standard error. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { run } from './testing/run-in-world.ts';

const FOLDER = new URL('../../test/fixtures/spec/cli/', import.meta.url);

interface Recorded {
  readonly words: readonly string[];
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

function recorded(file: string): Recorded {
  const text = readFileSync(new URL(file, FOLDER), 'utf8');
  const match = /^\$ orchestrator (.*)\nexit (\d+)\n--- stdout\n([\s\S]*?)--- stderr\n([\s\S]*)\n$/.exec(text);
  const [, command = '', status, out = '', err = ''] = match ?? [];
  return { words: command.split(' '), status: Number(status), out, err };
}

/** An accident of that run, and what depends on the version or the configuration of that run. */
const LEFT_OUT = ['instance-status.txt', 'version.txt', 'dump-config.txt'];
const files = readdirSync(FOLDER).filter((file) => file.endsWith('.txt') && !LEFT_OUT.includes(file));

describe('recorded answers', () => {
  it.each(files)('%s', async (file) => {
    const { words, status, out, err } = recorded(file);
    const answer = await run(words);
    expect({ status: answer.status, out: answer.out, err: answer.err }).toEqual({ status, out, err });
  });

  it('has them all', () => {
    expect(files.length).toBe(19);
  });

  it('dump-config.txt, when what it prints is the configuration', async () => {
    const { out } = recorded('dump-config.txt');
    const answer = await run(['--ignore-raft-setup', '-c', 'dump-config'], { config: out });
    expect(answer).toEqual({ status: 0, out, err: '', made: [] });
  });
});
