// The command `script/fleet`: pretended database servers by the hundred or by the thousand, which any program can watch; until told to stop.

import { parseArgs } from 'node:util';
import { orchestratorAccount } from '../src/sandbox/accounts.ts';
import { controlHelp } from '../src/sandbox/pretend-fleet/fleet-control.ts';
import { consecutivePorts, type FleetFamily, fleetFamilies } from '../src/sandbox/pretend-fleet/fleet-shape.ts';
import { type PretendFleetOptions, startPretendFleet } from '../src/sandbox/pretend-fleet/start-pretend-fleet.ts';
import { stopWish } from './stop-wish.ts';

const usage = `usage: script/fleet [--servers N] [--per-cluster N] [--family mysql|mariadb|both] [--base-port N] [--control-port N] [--rows N]

Starts pretended MySQL and MariaDB servers on 127.0.0.1, one a port from the base port on; each cluster is a primary and its replicas, and
speaks the MySQL protocol as far as orchestrator asks. Prints one line of JSON when all of them can be dialled. Ctrl-C stops everything.

--servers       how many in all (default 100)
--per-cluster   of them in one cluster, the primary included (default 10)
--family        mysql (default), mariadb, or both in turn
--base-port     port of the first server (default 20000)
--control-port  HTTP control (default: the port below the base port)
--rows          rows a second that a client writes, all clusters together (default 0)

The control:
${controlHelp}`;

/** Below the range out of which the kernel serves outgoing connections (32768 and up), with room for 10,000 servers. */
const usualBasePort = 20_000;

function readOptions(words: readonly string[]): PretendFleetOptions | 'help' | { readonly mistake: string } {
  const { values } = parseArgs({
    args: [...words],
    options: {
      servers: { type: 'string', default: '100' },
      'per-cluster': { type: 'string', default: '10' },
      family: { type: 'string', default: 'mysql' },
      'base-port': { type: 'string', default: String(usualBasePort) },
      'control-port': { type: 'string' },
      rows: { type: 'string', default: '0' },
      'servers-per-process': { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return 'help';
  const isFamily = (word: string): word is FleetFamily => fleetFamilies.some((family) => family === word);
  if (!isFamily(values.family)) return { mistake: `--family takes ${fleetFamilies.join(', ')}` };
  const basePort = Number(values['base-port']);
  const numbers = {
    servers: Number(values.servers),
    perCluster: Number(values['per-cluster']),
    controlPort: Number(values['control-port'] ?? basePort - 1),
    rowsPerSecond: Number(values.rows),
    ...(values['servers-per-process'] && { serversPerProcess: Number(values['servers-per-process']) }),
  };
  if (Object.values(numbers).some((number) => !Number.isSafeInteger(number) || number < 0)) {
    return { mistake: 'all options but --family take whole numbers' };
  }
  const { servers, ...others } = numbers;
  return { ...others, ports: consecutivePorts(basePort, servers), family: values.family };
}

async function main(words: readonly string[]): Promise<number> {
  const options = readOptions(words);
  if (options === 'help') {
    console.log(usage);
    return 0;
  }
  if ('mistake' in options) {
    console.error(options.mistake);
    return 2;
  }
  const stopped = stopWish();
  const fleet = await startPretendFleet(options);
  const { ports, perCluster, family } = options;
  console.log(
    JSON.stringify({
      servers: ports.length,
      clusters: fleet.clusters.length,
      perCluster,
      family,
      host: '127.0.0.1',
      firstPort: ports[0],
      lastPort: ports.at(-1),
      control: fleet.control,
      account: orchestratorAccount,
      processes: fleet.pids.length === 0 ? [process.pid] : fleet.pids,
      primaries: fleet.clusters.map(({ ports }) => ports[0]),
    }),
  );
  await stopped;
  await fleet.stop();
  return 0;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
