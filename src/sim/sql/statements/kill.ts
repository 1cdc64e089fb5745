/**
 * `KILL` (MySQL manual 15.7.8.4): sessions, and the threads of replication, which have numbers of the same kind.
 */
import { notOwnerOfThread, queryInterrupted, unknownThread } from '../errors.ts';
import type { FamilySql } from '../family-sql.ts';
import { parseExpression } from '../parse/expression.ts';
import type { TokenReader } from '../parse/token-reader.ts';
import { NO_ROW } from '../select/bind-expression.ts';
import { bindAlone } from '../select/run-select.ts';
import { type Execution, OK, type Statement } from '../statement.ts';

export function readKill(reader: TokenReader, family: FamilySql): Statement {
  reader.expectWords('KILL');
  if (family.family === 'mariadb') reader.oneOf('HARD', 'SOFT');
  const what = reader.oneOf('CONNECTION', 'QUERY') === 'QUERY' ? 'query' : 'connection';
  const { calculate } = bindAlone(parseExpression(reader), family);
  return (on) => kill(Number(calculate(NO_ROW, on) ?? 0), what, on);
}

function kill(id: number, what: 'connection' | 'query', on: Execution): void {
  const { session, sessions } = on;
  const target = sessions.get(id);
  if (target === undefined) {
    killThread(id, on);
    return;
  }
  if (session.privilege !== 'privileged' && target.state.user !== session.user) {
    on.done(notOwnerOfThread(id));
    return;
  }
  target.kill(what);
  if (id !== session.id) on.done(OK);
  else on.done(what === 'query' ? queryInterrupted() : on.family.messages.connectionKilled());
}

function killThread(id: number, on: Execution): void {
  const { receiver, applier, dumps, clients } = on.server.running;
  const ends = [
    { id: receiver.threadId, end: () => receiver.stop() },
    { id: applier.threadId, end: () => applier.kill() },
    ...[...dumps].map(([number, dump]) => ({ id: number, end: () => dump.end() })),
    ...[...clients].map(([number, client]) => ({ id: number, end: () => client.kill() })),
  ];
  const found = ends.find((thread) => thread.id === id);
  if (found === undefined) {
    on.done(unknownThread(id));
    return;
  }
  if (on.session.privilege !== 'privileged') {
    on.done(notOwnerOfThread(id));
    return;
  }
  found.end();
  on.done(OK);
}
