/**
 * For tests: another process that writes to the backend file. Arguments: file, number of rounds, name.
 * Each round writes two instances in one batch and one audit record, then says its number.
 */
import { blankInstance } from '../../model/blank-instance.ts';
import { unixMillis } from '../../model/brand.ts';
import { openSqliteBackend } from './open-backend.ts';

const [file = '', rounds = '0', name = ''] = process.argv.slice(2);

const opened = await openSqliteBackend({ file, version: '1.0.0' });
if (opened.kind === 'refused') throw new Error(opened.reason);
const { backend } = opened;

for (let round = 1; round <= Number(rounds); round += 1) {
  const at = unixMillis(Date.now());
  for (const hostname of ['a', 'b']) {
    backend.queue({ ...blankInstance({ hostname, port: 3306 }), uptimeSeconds: round }, 'facts');
  }
  await backend.flush();
  await backend.appendAudit({ at, type: name, key: null, clusterName: '', message: String(round) });
  process.stdout.write(`${round}\n`);
}
await backend.close();
