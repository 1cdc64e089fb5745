import { describe, expect, it } from 'vitest';
import type { NodeOptions } from '../service/compose-node.ts';
import { BANNER, commandListing, USAGE_ERROR } from './help-texts.ts';
import { run, runBare } from './testing/run-in-world.ts';

const BROKEN = { config: '{"Debug": ' };
const RAFT = { config: { RaftEnabled: true, RaftDataDir: '/var/lib/orc' } };

/** Flags beside those of the contract. */
const OURS = ['all', 'at', 'discard-errant', 'dry-run'];

describe('before anything is read', () => {
  it.each([
    [['--nope'], 'flag provided but not defined: -nope'],
    [['-c'], 'flag needs an argument: -c'],
    [['--noop=maybe'], 'invalid boolean value "maybe" for -noop: parse error'],
  ])('%j: the error, then the flags, status 2', async (words, reason) => {
    const { status, out, err } = await runBare(words);
    expect([status, out]).toEqual([2, '']);
    expect(err.startsWith(`${reason}\nUsage of orchestrator:\n  -alias string\n    \t`)).toBe(true);
  });

  it('--help lists the flags on standard error, status 0', async () => {
    const { status, out, err } = await runBare(['-c', 'clusters', '--help']);
    expect([status, out]).toEqual([0, '']);
    expect(err.match(/^ {2}-/gm)).toHaveLength(31 + OURS.length);
    expect(err).toContain(' (default true)\n');
    expect(err).toContain(' (default "prefer")\n');
  });

  it.each([
    ['-c', 'stop-replica', 'cli', '--dry-run'],
    ['-c', 'stop-replica', 'cli', '-dry-run=true'],
    ['http', '--dry-run'],
    ['--dry-run', 'http'],
  ])('a dry run that would not be heard is fatal: %s %s %s %s', async (...words) => {
    const { status, out, err, made } = await run(words);
    expect([status, out, made]).toEqual([1, '', []]);
    expect(err).toMatch(/^DATE TIME FATAL --dry-run .*\n$/);
  });

  it('-s and -d together are fatal, even if equal, before anything else is looked at', async () => {
    const { status, err } = await run(['-s', 'a', '-d', 'a', '--version', '--promotion-rule=x'], BROKEN);
    expect(status).toBe(1);
    expect(err).toMatch(/^DATE TIME FATAL .*-s and -d are synonyms.*\n$/);
  });

  it('a promotion rule that is none is fatal whatever the command', async () => {
    const { status, err } = await run(['--promotion-rule=must', '--version'], BROKEN);
    expect([status, err]).toEqual([
      1,
      'DATE TIME FATAL -promotion-rule only supports prefer|neutral|prefer_not|must_not\n',
    ]);
  });

  it.each([
    [[], {}],
    [['--noop'], { noop: true }],
    [['--skip-binlog-search'], { skipBinlogSearch: true }],
    [['--skip-unresolve'], { skipUnresolve: true }],
    [['--skip-unresolve-check'], { skipUnresolveCheck: true }],
  ])('%j reaches what carries a command out, and nothing else does', async (words, wanted) => {
    const opened: NodeOptions[] = [];
    const openNode = async (options: NodeOptions) => {
      opened.push(options);
      return { kind: 'refused', message: 'there is no node in this test' } as const;
    };
    await run([...words, '-c', 'clusters'], { surroundings: { openNode } });
    const none = { noop: false, skipBinlogSearch: false, skipUnresolve: false, skipUnresolveCheck: false };
    expect(opened).toMatchObject([{ ...none, ...wanted }]);
  });

  it('--version needs no configuration', async () => {
    expect(await run(['--version', '-c', 'clusters'], BROKEN)).toMatchObject({
      status: 0,
      out: '1.2.3\nabc\n',
      err: '',
    });
  });
});

describe('the configuration', () => {
  it.each([[[]], [['-c', 'help']], [['help', 'relocate']], [['http']]])(
    'when broken, even %j fails in one line',
    async (words) => {
      const { status, out, err } = await run(words, BROKEN);
      expect([status, out]).toEqual([1, '']);
      expect(err).toMatch(/^DATE TIME FATAL Cannot read config file: \/orc\.json .*\n$/);
    },
  );

  it('when named and missing, is fatal', async () => {
    const { status, err } = await runBare(['--config', '/missing.json', '-c', 'help']);
    expect([status, err]).toEqual([
      1,
      'DATE TIME FATAL Cannot read config file: /missing.json no such file or directory\n',
    ]);
  });

  it('when there is none at all, the built-in defaults serve', async () => {
    expect(await runBare(['-c', 'clusters'])).toMatchObject({ status: 0, out: '127.0.0.1:10111\n', err: '' });
  });

  it('gives its warnings once each, and says what it read', async () => {
    const { err } = await run(['--verbose', '-c', 'clusters'], { config: { Frobnicate: 1 } });
    expect(err).toBe(
      'DATE TIME INFO starting orchestrator, version: 1.2.3, git commit: abc\n' +
        'DATE TIME INFO Read config: /orc.json\n' +
        'DATE TIME WARNING Frobnicate is not a configuration key and is ignored\n',
    );
  });

  it('keeps its warnings to itself at the default level of commands, and with --quiet', async () => {
    expect((await run(['-c', 'clusters'], { config: { Frobnicate: 1 } })).err).toBe('');
    expect((await run(['--quiet', '--debug', '-c', 'clusters'], { config: { Frobnicate: 1, Debug: true } })).err).toBe(
      '',
    );
  });

  it('raises the level with Debug', async () => {
    const { err } = await run(['-c', 'clusters'], { config: { Frobnicate: 1, Debug: true } });
    expect(err).toContain('WARNING Frobnicate');
  });

  it.each([
    [[], true],
    [['--enable-database-update'], false],
  ])('with %j the schema update is skipped: %s', async (words, expected) => {
    let skipped: boolean | undefined;
    const openNode = async ({ settings }: { settings: { SkipOrchestratorDatabaseUpdate: boolean } }) => {
      skipped = settings.SkipOrchestratorDatabaseUpdate;
      return { kind: 'refused', message: 'seen enough' } as const;
    };
    const config = { SkipOrchestratorDatabaseUpdate: true };
    const { status, err } = await run([...words, '-c', 'clusters'], { config, surroundings: { openNode } });
    expect([skipped, status, err]).toEqual([expected, 1, 'DATE TIME FATAL seen enough\n']);
  });
});

describe('the modes', () => {
  it('without command and words prints the banner', async () => {
    expect(await run(['--debug=false'])).toMatchObject({ status: 0, out: BANNER, err: '' });
    expect(BANNER).toMatch(/^\norchestrator \[-c command\] \[-i instance\] \[-d destination\].*\n\nCheatsheet:\n/);
  });

  it.each([[['help']], [['-c', 'help']], [['-c', 'help', 'cli']]])(
    '%j lists the commands on standard error',
    async (words) => {
      expect(await run(words)).toMatchObject({ status: 0, out: '', err: `${commandListing()}\n`, made: [] });
    },
  );

  it.each([[['help', 'topology']], [['-c', 'topology', 'help']], [['-c', 'x', 'help', 'topology']]])(
    '%j explains one',
    async (words) => {
      const { status, out } = await run(words);
      expect(status).toBe(0);
      expect(out).toMatch(/^topology:\n {2}Draw the tree of a cluster\./);
    },
  );

  it('takes the word cli or leaves it', async () => {
    expect((await run(['-c', 'clusters', 'cli'])).out).toBe('127.0.0.1:10111\n');
  });

  it.each([[['frob']], [['-c', 'clusters', 'frob']], [['-']], [['--discovery', 'false']]])(
    '%j is a usage error',
    async (words) => {
      expect(await run(words)).toMatchObject({ status: 1, out: '', err: USAGE_ERROR });
      expect(USAGE_ERROR).toContain('[cli|http]');
    },
  );

  it.each([
    ['nope', ['-c', 'nope']],
    ['', ['-c', '', 'cli']],
  ])('an unknown command %j is fatal, with the whole listing', async (name, words) => {
    const { status, out, err, made } = await run(words);
    expect([status, out, made]).toEqual([1, '', []]);
    expect(err).toBe(`DATE TIME FATAL Unknown command: "${name}". ${commandListing()}\n`);
  });

  it.each(['active-nodes', 'access-token'])('%s of the contract says that it is not available yet', async (name) => {
    const { status, err, made } = await run(['-c', name]);
    expect([status, made]).toEqual([1, []]);
    expect(err).toMatch(/^DATE TIME FATAL command [a-z-]+ is not available yet\n$/);
  });
});

describe('with raft configured', () => {
  it.each(['clusters', 'help', 'dump-config', 'nope'])('the command %s is fatal in one line', async (name) => {
    const { status, out, err, made } = await run(['-c', name], RAFT);
    expect([status, out, made]).toEqual([1, '', []]);
    expect(err).toMatch(/^DATE TIME FATAL .*"RaftEnabled": true.*orchestrator-client.*--ignore-raft-setup.*\n$/);
  });

  it('--ignore-raft-setup lets the command through', async () => {
    expect(await run(['--ignore-raft-setup', '-c', 'clusters'], RAFT)).toMatchObject({
      status: 0,
      out: '127.0.0.1:10111\n',
    });
  });

  it('help of a topic, banner and version are there', async () => {
    expect((await run(['help', 'relocate'], RAFT)).status).toBe(0);
    expect((await run([], RAFT)).status).toBe(0);
    expect((await run(['--version'], RAFT)).status).toBe(0);
  });

  it('the service says that it cannot do that yet', async () => {
    const { status, err, made } = await run(['http'], RAFT);
    expect([status, made]).toEqual([1, []]);
    expect(err).toMatch(/FATAL raft is not available yet.*\n$/);
  });
});
