// Runs a transcript: the first command, `servers`, makes the world; the others act on it.

import { analyse } from '../commands/analyse.ts';
import { cut, heal } from '../commands/cut.ts';
import { hook } from '../commands/hook.ts';
import { hang, kill, powerOff, resume, start } from '../commands/life.ts';
import { breakStore, hangNode, healStore, killNode, resumeNode, startNode } from '../commands/node.ts';
import {
  acknowledge,
  disableRecoveries,
  downtime,
  enableRecoveries,
  force,
  maintain,
  orderForce,
  orderTakeOver,
  prefer,
  recover,
  takeOver,
} from '../commands/orders.ts';
import { plan } from '../commands/plan.ts';
import { blocked, downtimed, recoveries } from '../commands/recoveries.ts';
import {
  delay,
  lock,
  repoint,
  startApplier,
  startReceiver,
  stopApplier,
  stopReceiver,
  unlock,
} from '../commands/replication.ts';
import { semiSync } from '../commands/semi-sync.ts';
import { state } from '../commands/state.ts';
import { failStorage, healStorage } from '../commands/storage.ts';
import { tick } from '../commands/tick.ts';
import { topology } from '../commands/topology.ts';
import { variables } from '../commands/variables.ts';
import { makeReadOnly, makeWritable } from '../commands/writable.ts';
import { answers, errant, write } from '../commands/write.ts';
import type { Command } from './command.ts';
import { parseScript, renderScript, type ScriptCommand } from './script.ts';
import { askedQueries, changedServer } from './server-changes.ts';
import { Stage } from './stage.ts';

const COMMANDS: Readonly<Record<string, Command>> = {
  acknowledge,
  analyse,
  answers,
  blocked,
  'break-store': breakStore,
  cut,
  delay,
  'disable-recoveries': disableRecoveries,
  downtime,
  downtimed,
  'enable-recoveries': enableRecoveries,
  errant,
  'fail-storage': failStorage,
  force,
  hang,
  'hang-node': hangNode,
  heal,
  hook,
  'heal-storage': healStorage,
  'heal-store': healStore,
  kill,
  'kill-node': killNode,
  lock,
  maintain,
  'make-read-only': makeReadOnly,
  'make-writable': makeWritable,
  'order-force': orderForce,
  'order-take-over': orderTakeOver,
  plan,
  'power-off': powerOff,
  prefer,
  recover,
  recoveries,
  repoint,
  resume,
  'resume-node': resumeNode,
  'semi-sync': semiSync,
  start,
  'start-applier': startApplier,
  'start-node': startNode,
  'start-receiver': startReceiver,
  state,
  'stop-applier': stopApplier,
  'stop-receiver': stopReceiver,
  'take-over': takeOver,
  tick,
  topology,
  unlock,
  variables,
  write,
};

/** The file as it would be with the outputs that its commands really have. */
export async function runScript(text: string): Promise<string> {
  const { commands, after } = parseScript(text);
  let stage: Stage | null = null;
  const outputs: (readonly string[])[] = [];
  for (const command of commands) {
    if (command.name === 'servers') {
      stage = stageFor(command);
      await stage.begin();
      outputs.push(await topology(stage, command));
      continue;
    }
    const run = COMMANDS[command.name];
    if (run === undefined) throw new Error(`no such command: ${command.line}`);
    if (stage === null) throw new Error(`"servers" must come before "${command.line}"`);
    outputs.push(await run(stage, command));
  }
  return renderScript(commands, outputs, after);
}

/**
 * `servers mysql replicas=3 binlog-servers=1 semisync without-gtids Key=value db2.version=8.4.6`: keys of the configuration begin with a capital, and their values are JSON without
 * spaces, or text; options with a server's name are that server's own (`server-changes.ts`).
 */
function stageFor({ words, options }: ScriptCommand): Stage {
  const keys = [...options].filter(([name]) => /^[A-Z]/.test(name)).map(([name, value]) => [name, parsedValue(value)]);
  const configuration = { ...askedQueries(options), ...Object.fromEntries(keys) };
  return new Stage({
    family: words.includes('mariadb') ? 'mariadb' : 'mysql',
    replicas: Number(options.get('replicas') ?? '2'),
    binlogServers: Number(options.get('binlog-servers') ?? '0'),
    withGtids: !words.includes('without-gtids'),
    semiSync: words.includes('semisync'),
    seed: Number(options.get('seed') ?? '1'),
    configuration,
    change: (server) => changedServer(server, options),
    observers: Number(options.get('observers') ?? '0'),
    rivals: Number(options.get('rivals') ?? '0'),
    otherPrimaries: options.get('other-primaries')?.split(',') ?? [],
  });
}

function parsedValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
