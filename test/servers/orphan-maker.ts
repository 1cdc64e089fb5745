// Starts a server, says its pid and folder, and waits to be killed: the other half of a test in sandbox.test.ts.

import { startServer } from '../../src/sandbox/server.ts';

const server = await startServer({ family: 'mariadb' });
console.log(server.pid, server.dir);
setInterval(() => {}, 1_000_000);
