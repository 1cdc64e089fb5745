// Fetches a package of Debian with every library that it needs into a folder, without touching the system: apt with lists and a
// status file of its own, `dpkg -x`. Needs no root.

import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';
const defaultMirror = 'http://deb.debian.org/debian';

/** Says one line of progress. */
export type Say = (line: string) => void;

/** A program of Debian's cannot be had on this machine; the message is one line for people. */
export class PackageUnavailable extends Error {}

/** A package, and where Debian has it. */
export interface DebianPackage {
  /** What people call what is fetched. */
  readonly name: string;
  readonly suite: string;
  readonly package: string;
}

/**
 * Unpacks a package and all that it depends on below `root`, which may not exist yet. Gives the packages as `name_version`, in order.
 * Throws `PackageUnavailable`. The caller holds a lock and gives a folder that nobody takes for finished: a fetch may be cut.
 */
export async function unpackFromDebian(wanted: DebianPackage, root: string, say: Say): Promise<readonly string[]> {
  const { name, suite } = wanted;
  refuseUnfitMachine(name);
  const mirror = process.env['ORCHESTRATOR_DEBIAN_MIRROR'] ?? defaultMirror;
  const apt = prepareApt(`${root}.apt`, mirror, suite);

  say(`${name}: reading Debian ${suite}'s package lists`);
  await runApt(apt, ['update'], `cannot read Debian's package lists from ${mirror}`);
  say(`${name}: downloading ${wanted.package} and its libraries`);
  const install = ['install', '--yes', '--no-install-recommends', '--download-only', wanted.package];
  await runApt(apt, install, `cannot download ${wanted.package} from ${mirror}`);

  const packages = readdirSync(join(apt.folder, 'archives')).filter((name) => name.endsWith('.deb'));
  say(`${name}: unpacking ${packages.length} packages`);
  for (const archive of packages) await unpack(join(apt.folder, 'archives', archive), root);
  // Besides saving space this keeps proxy passwords of apt's configuration out of the cache.
  rmSync(apt.folder, { recursive: true, force: true });
  for (const ballast of ['doc', 'man', 'locale', 'lintian']) {
    rmSync(join(root, 'usr/share', ballast), { recursive: true, force: true });
  }
  return packages.map((archive) => decodeURIComponent(basename(archive).replace(/_[^_]+\.deb$/, ''))).sort();
}

/** Throws when this machine can never fetch: better one line now than a screen of apt's later. */
function refuseUnfitMachine(name: string): void {
  const cannot = (why: string) => new PackageUnavailable(`cannot fetch ${name}: ${why}`);
  if (process.platform !== 'linux') throw cannot('it needs Debian or a system like it');
  if (process.arch !== 'x64') throw cannot(`only amd64 is supported, this machine is ${process.arch}`);
  for (const program of ['apt-get', 'dpkg']) {
    if (spawnSync(program, ['--version'], { stdio: 'ignore' }).status !== 0)
      throw cannot(`there is no ${program} here`);
  }
  if (!existsSync(keyring)) throw cannot(`${keyring} is missing (package debian-archive-keyring)`);
}

/** A private apt: where it works and the configuration file that keeps it there. */
interface PrivateApt {
  folder: string;
  configuration: string;
}

function prepareApt(folder: string, mirror: string, suite: string): PrivateApt {
  for (const part of ['lists/partial', 'archives/partial', 'sources']) {
    mkdirSync(join(folder, part), { recursive: true, mode: 0o700 });
  }
  const source = ['Types: deb', `URIs: ${mirror}`, `Suites: ${suite}`, 'Components: main', `Signed-By: ${keyring}`];
  writeFileSync(join(folder, 'sources/debian.sources'), `${source.join('\n')}\n`);
  // An otherwise empty status file makes apt fetch every library. Perl is only for helper scripts that we never run.
  writeFileSync(join(folder, 'status'), `${pretendInstalled('perl')}\n`);
  const configuration = join(folder, 'apt.conf');
  writeFileSync(configuration, `${aptConfiguration(folder).join('\n')}\n`, { mode: 0o600 });
  return { folder, configuration };
}

function pretendInstalled(name: string): string {
  return [
    `Package: ${name}`,
    'Status: install ok installed',
    'Maintainer: nobody <nobody@localhost>',
    'Architecture: amd64',
    'Multi-Arch: allowed',
    'Version: 99:0',
    'Description: stands in',
    '',
  ].join('\n');
}

function aptConfiguration(folder: string): string[] {
  // The system's Acquire settings are how its owner lets apt reach the network: proxies, time-outs, certificates.
  const dump = spawnSync('apt-config', ['dump'], { encoding: 'utf8' }).stdout ?? '';
  const systems = dump.split('\n').filter((line) => /^Acquire::(?!IndexTargets)/.test(line));
  const ours: Record<string, string> = {
    // The system's hooks (after update, before install) are not for us: some need root, some delete archives.
    'Dir::Etc::parts': '/dev/null',
    'Dir::Etc::main': '/dev/null',
    'Dir::Etc::sourcelist': '/dev/null',
    'Dir::Etc::sourceparts': join(folder, 'sources'),
    'Dir::Etc::preferences': '/dev/null',
    'Dir::Etc::preferencesparts': '/dev/null',
    'Dir::State': folder,
    'Dir::State::lists': join(folder, 'lists'),
    'Dir::State::status': join(folder, 'status'),
    'Dir::Cache': folder,
    'Dir::Cache::archives': join(folder, 'archives'),
    'Dir::Cache::pkgcache': '',
    'Dir::Cache::srcpkgcache': '',
    'Dir::Log': folder,
    'APT::Architecture': 'amd64',
    // Run by root, apt would drop to a user who may not enter root's cache folder.
    'APT::Sandbox::User': 'root',
    // Without it apt calls an update that reached nobody a success.
    'APT::Update::Error-Mode': 'any',
    'Acquire::Languages': 'none',
    'Acquire::Retries': '3',
  };
  return [
    ...systems,
    'APT::Architectures { "amd64"; };',
    ...Object.entries(ours).map(([key, value]) => `${key} "${value}";`),
  ];
}

/** Runs the private apt-get; throws `PackageUnavailable` with `failure` and apt's own first complaint. */
async function runApt(apt: PrivateApt, parameters: readonly string[], failure: string): Promise<void> {
  const { code, output } = await run('apt-get', ['-q', ...parameters], { APT_CONFIG: apt.configuration, LC_ALL: 'C' });
  if (code === 0) return;
  const complaint = output.split('\n').find((line) => line.startsWith('E: ')) ?? `E: apt-get ended with code ${code}`;
  throw new PackageUnavailable(`${failure}: ${complaint.slice(3).trim()}`);
}

async function unpack(archive: string, into: string): Promise<void> {
  const { code, output } = await run('dpkg', ['-x', archive, into], { LC_ALL: 'C' });
  if (code !== 0)
    throw new PackageUnavailable(`cannot unpack ${basename(archive)}: ${output.trim().split('\n').at(-1)}`);
}

function run(
  program: string,
  parameters: readonly string[],
  environment: Record<string, string>,
): Promise<{ code: number | null; output: string }> {
  return new Promise((done, failed) => {
    const child = spawn(program, parameters, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...environment },
    });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.once('error', failed);
    child.once('close', (code) => done({ code, output }));
  });
}
