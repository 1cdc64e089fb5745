// Starts a server, says its pid and folder, and waits to be killed: the other half of tests of what is left behind. With the word `hosts` the server
// has a host of its own.

import { startServer } from '../../../src/sandbox/server.ts';
import { loopback } from '../../../src/sandbox/server-host.ts';
import { makeTestHosts } from '../../../src/sandbox/test-hosts.ts';

const host = process.argv.includes('hosts') ? (await makeTestHosts()).primary : loopback;
const server = await startServer({ family: 'mariadb', host });
console.log(server.pid, server.dir);
setInterval(() => {}, 1_000_000);
