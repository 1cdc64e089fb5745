// Measures, and prints what it measured as JSON, one object a line. Nothing here can fail because something was slow.

import { benchFailover } from './failover.ts';
import { benchPoll } from './poll.ts';

const usage = `Usage: npm run bench -- [failover|poll] [options]

  failover   write gap that an independent client feels: crash, hang, switchover on 1 + 3 real servers
    --family=mysql|mariadb   default: both
    --event=crash|hang|switchover   default: all
    --trials=N               default: 5
  poll       CPU and round trips of one poll of a real server
`;

const [which = 'all', ...words] = process.argv.slice(2);
const options = new Map<string, string | undefined>();
for (const word of [which, ...words]) {
  const [name = '', value] = word.split('=', 2);
  if (name.startsWith('--')) options.set(name.slice(2), value);
}
const report = (result: object): void => console.log(JSON.stringify(result));

if (options.has('help')) console.log(usage);
else {
  if (which !== 'poll') await benchFailover(options, report);
  if (which !== 'failover') await benchPoll(report);
}
