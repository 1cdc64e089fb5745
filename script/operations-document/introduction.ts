/** The page before the operations: for somebody who has to move a server at three in the morning. */
import { lockedText } from '../../src/operations/server-locks.ts';
import type { OperationRequest } from '../../src/planning/operations/operation-request.ts';
import type { OperationReport } from '../../src/service/calls.ts';
import { outcomeLines } from '../../src/service/operation-text.ts';
import { requestText } from '../../src/service/operation-words.ts';
import type { Names } from './names.ts';
import { planIn, plannedLines, refusalIn, refusedLines } from './planned-text.ts';
import { at, BY_POSITION, CLASSIC, replica, USUAL, uuidOf, type World, withServer } from './sample-world.ts';
import { block, cell, code, dryRunOf, table } from './section.ts';
import { OTHER_REFUSALS, SHARED_REFUSALS } from './shared-refusals.ts';

const MOVE: OperationRequest = { kind: 'relocate', key: at('db3'), below: at('db2') };
const ALL: OperationRequest = { kind: 'relocate-replicas', key: at('db1'), below: at('db2'), pattern: '' };
const MANY: World = { servers: [...USUAL.servers, replica('db4', 'db1'), replica('db5', 'db1')] };

/** Level with nobody, and known nowhere: by no method can it be moved. */
const STUCK = withServer(
  CLASSIC,
  replica('db3', 'db1', { ...BY_POSITION, sqlDelaySeconds: 600, secondsBehindSource: 600, replicationLagSeconds: 600 }),
);

export function introduction(names: Names): string {
  return [
    BEGINNING,
    block([`$ ${dryRunOf(MOVE, names)}`, ...plannedLines(USUAL, MOVE)]),
    READING,
    block(['$ orchestrator -c relocate -i db3:3306 -d db2:3306', 'db3:3306<db2:3306']),
    API,
    LOCKS,
    FAILURE,
    block([
      `$ curl -d '{"kind":"relocate-replicas","key":"db1:3306","below":"db2:3306"}' …`,
      ...outcomeLines(partly()),
    ]),
    AFTER_FAILURE,
    METHODS,
    block([`$ ${dryRunOf(MOVE, names)}`, ...refusedLines(STUCK, MOVE)]),
    MANY_SERVERS,
    ASKS,
    sharedRefusals(),
    DIFFERENCES,
  ].join('\n\n');
}

/** One is where it should be, one is where it was, one was held by somebody else. */
function partly() {
  const plan = planIn(MANY, ALL);
  const [first, second, third] = plan.lanes;
  if (first === undefined || second === undefined || third === undefined)
    throw new Error('the example has three lanes');
  const failed = `align db2:3306 with db4:3306: db2:3306 has not applied all of ${uuidOf('db1')}:901-905`;
  const held = lockedText(third.server, requestText(ALL), { owner: 'ops', reason: 'disk swap' });
  const report: OperationReport = {
    plan,
    instance: null,
    servers: [
      { key: first.server, kind: 'done', text: first.effect, instance: null },
      { key: second.server, kind: 'failed', text: failed, instance: null },
      { key: third.server, kind: 'untouched', text: held, instance: null },
    ],
    problems: [],
    found: [],
    millis: 31_400,
  };
  return { kind: 'partly', report, refusal: { code: 'failed', message: failed } } as const;
}

function sharedRefusals(): string {
  const planned = SHARED_REFUSALS.map(([request, world]) => refusalIn(world, request));
  const rows = [
    ...planned.map(({ code: reason, text }) => [code(reason), cell(text)]),
    ...Object.entries(OTHER_REFUSALS).map(([reason, text]) => [code(reason), cell(text)]),
  ];
  return table(['code', 'such as'], rows);
}

const BEGINNING = `# Operations

Everything that orchestrator does to your servers when you ask for it. Written by \`script/generate\`: names come from the doors themselves, plans and refusals from the planners; \`script/check\` fails
when this page is out of date. In the examples \`db1\` is the primary, \`db2\` and \`db3\` are its replicas, unless it is said otherwise; \`O58\` and its like are the numbers of the contract.

## A plan first

Every operation is a plan before it is anything else: servers are read, and it is decided by which method, in which steps, who is held meanwhile, what undoes each step, and what will be seen
afterwards. What you are shown is what is run. A dry run shows it and changes nothing:`;

const READING = `Read it from the top: what moves and how; what to know before ("Warnings"); what is not done and why ("Left as they are", "Methods that do not fit"); then every statement, in the words of
that server's version. \`<…>\` stands for what is known only when it is run, passwords are \`…\`. A step that "sends nothing" looks at the server until something is so. Each step is checked by looking at the
server again, and has a time after which it has failed.

Without \`--dry-run\` it is done, and the answer is that of the contract:`;

const API = `The same by API v2, which takes every operation as JSON: \`POST /api/v2/operations\`, with \`?dry-run=true\` for the plan, and \`?format=text\` for people. A misspelt field or parameter is refused, since
\`patern\` would move every replica, and \`dryrun=true\` would not be dry.

| status | means | the body has |
|---|---|---|
| 200 | planned | \`outcome\`, \`method\`, \`because\`, \`rejected\` (methods that do not fit), \`moves\`, \`leftOut\`, \`warnings\`, \`held\`, and \`steps\` with \`statements\` and \`undo\` |
| 200 | done | \`outcome\`, the method and the moves, \`servers\` (each with what became of it), \`problems\`, \`found\`, \`millis\` |
| 207 | done in part | the same, with a stable \`code\` and a \`message\` |
| 409 | failed: what was begun is undone | the same |
| 409 | refused: nothing was sent to anybody | \`code\`, \`message\`, \`rejected\` |
| 400, 403 | no request, or not allowed | \`code\`, \`message\` |

By API v1 (\`GET /api/…\`) and the commands, operations have the names, answers and texts of the contract. API v1 has no dry run, and refuses what asks for one. The shell client is a client of API v1.

\`--noop\` is a switch of the whole process: with it every operation is refused before anything is sent, with the contract's text; in the original, replication was stopped first, and several operations
ignored it. Dry runs work with it.`;

const LOCKS = `## What is held

A server that an operation touches is held: a maintenance lock with the owner \`orchestrator\`, the operation as its reason, and an end ten minutes away that is moved on every minute while it runs. "Held meanwhile"
names them all. What you hold yourself (\`begin-maintenance\`) no operation touches. After the locks are taken servers are read again and the plan is made anew: what was judged cannot change meanwhile.
What other operations are about to do counts as done: no two of them, begun at the same moment, make a circle of servers together.
A lock that is lost in the middle ends the operation at its next step. Two operations wait for no recovery: \`kill-query\`, and the panic stop, which holds nobody either.

**A recovery comes first.** When one begins in the cluster, operations are called off: they begin nothing more and put back what they have begun, for which the recovery waits a second and a half. While a recovery or
a takeover is under way, operations in its cluster are refused (\`busy\`). Only a node that leads operates.

**First law.** Nothing that a replica has received and not applied is dropped. \`CHANGE REPLICATION SOURCE TO\` and \`RESET REPLICA\` throw the relay log away; so each is sent only once the replica has applied all of it, or
the new source has it. That is what the first steps of most plans are for. Where it cannot be, the operation is refused (\`relay-log-lost\`) and says what would be lost.`;

const FAILURE = `## When something fails

Each server that is moved has a lane of its own: its steps, one after another. When a step fails, the steps of that lane are undone backwards, and the server is as it was; other lanes go on. What stood still for the
others is started again whatever becomes of them. The answer names each server:`;

const AFTER_FAILURE = `"Failed": it was touched, and is as it was as far as the line does not say otherwise. "Not touched": nothing was sent to it. "Not as planned": what went wrong beside it, such as a start that was not seen. By API v1
a partial success is an error whose message names who is done and who is not; of \`move-up-replicas\` and \`repoint-replicas\` it is a success with its errors (contract). The commands \`relocate-replicas\`, \`move-up-replicas\` and \`repoint-replicas\` print those that are done, log an ERROR for each of the others, and end well; other
commands end with that message.

**Nobody is left standing still.** A server that does not answer when it is to be put back is tried again every second, for an hour, and stays held meanwhile; "not put back yet" names it. Which servers stand still for an
operation, and which of their threads ran, is written down before the first of them is stopped: when the process dies in the middle, the next one that leads starts what was running.

Where replication was stopped by somebody before, it is not started on the way back. The \`code\` of what was begun and did not end well is \`failed\`; \`untouched\` where nothing was sent to anybody.`;

const METHODS = `## Methods and their order

\`relocate\`, \`relocate-replicas\`, \`take-siblings\` and \`make-local-master\` choose. The first that fits is taken; the plan says why those before it do not (why this order: \`docs/decisions/0010\`).

| | method | fits |
|---|---|---|
| 1 | anew | the destination is the source already: the connection is made anew |
| 2 | by GTID | both use GTID of one family. What stands against it then is the last word |
| 3 | at the same coordinates | from, to, or between binlog servers of one family; to a binlog server elsewhere in two moves, through its source |
| 4 | by file and position, siblings | both are brought to stand at the same place; neither takes writes in a circle of servers |
| 5 | by file and position, one level up | the source stands still while it is applied to its end |
| 6 | by pseudo-GTID | both have markers: a search in binary logs |
| 7 | by equivalent coordinates | a former move has shown where the same place is |

Exact and cheap ones come first, those that search or trust a record last.`;

const MANY_SERVERS = `## Many servers

Lanes run beside each other, \`MaxConcurrentReplicaOperations\` of them at once (5): moving 50 replicas takes as long as a few. Replicas that need a neighbour to stand at a certain place go one after another. Regular
expressions (\`--pattern\`, \`?pattern=\`, \`"pattern"\`) are searched in \`host:port\`.`;

const ASKS = `## What every move asks

A stable \`code\`, which API v2 shows, and the text, which is the contract's where it has one. Those that only one operation has stand in its section. "To replicate well": both threads run, the lag is known and at most
\`ReasonableMaintenanceReplicationLagSeconds\`. Moves by GTID do not ask for that.`;

const DIFFERENCES = `## Different from the original, on purpose

| the original | here |
|---|---|
| no preview; \`--noop\` stops replication and then reports an error | every operation is a plan that a dry run shows; \`--noop\` sends nothing |
| a method is chosen silently | the plan says which and why, and why not the others |
| locks of ten minutes, never renewed; take-master, move-equivalent and thread controls take none; checks come before | whatever is touched is held, renewed while it lasts, judged again once it is held |
| waits without bounds (start until, master-pos-wait, log searches) | every step and search has a limit |
| a nice stop that fails leaves the receiver off, a failed delay both threads | threads are as they were found |
| take-master may leave the server at its grandparent | the swap is undone as a whole |
| regroup leaves servers that are ahead, or cannot follow, stopped | who is ahead feeds the chosen one first; nobody is left behind stopped |
| relocate-replicas reports total failure when some were moved | 207, and each server by name |
| match-below hides its real error behind "0 events processed" | the reason, with the place |
| a missing record ends some operations without an error | \`not-found\` |
| make-master cannot succeed | it does |
| move-up and move-below switch GTID off without a word | where GTID is in use it stays in use |
| move-up-replicas does not look at the new source | every replica is checked against it |
| equivalent coordinates are recorded for moves by GTID too, and tried first | of moves by place alone, and tried last |
| purged GTIDs are judged by stored values | servers are read just before |
| empty transactions one connection each; the next GTID is guessed | batches on one session; the transaction at which the applier stands, or a refusal |
| make-co-master does not hand on TLS | TLS, and the other options of the replica |
| semi-sync may be enabled on too many replicas | as many as are missing |
| purge looks at the stored place of direct replicas | at every reader of the logs, read just before |
| the client's \`move-gtid\` asks for a route that does not exist | it exists |
| errors are recognised by their texts | by their numbers |`;
