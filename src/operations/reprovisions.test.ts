/** A server that is provisioned anew, from the request to its end: what is written down first, what is waited for, what is gone on with. */
import { describe, expect, it } from 'vitest';
import type { CloneReading, CloneRun } from '../model/clone-run.ts';
import type { Instance } from '../model/instance.ts';
import type { InstanceKey } from '../model/instance-key.ts';
import { sampleKey } from '../model/topology-samples.ts';
import {
  aClone,
  aRecord,
  asked,
  DONOR,
  ERRANT,
  executed,
  former,
  OTHER,
  PRIMARY,
  peer,
  RECIPIENT,
  SECRET,
  SERVERS,
  told,
  type Wish,
} from '../planning/operations/reprovision-testing.ts';
import { Operations } from './operations.ts';
import { aTurn, OperationWorld, type OperationWorldOptions } from './testing.ts';

const AWAY: CloneReading = { kind: 'failed', failure: { kind: 'refused', phase: 'connect', text: 'refused' } };

interface Script {
  /** What the recipient tells of its clone, look by look; the last again and again. */
  readonly looks: readonly CloneReading[];
  /** The same of a second clone. */
  readonly secondLooks?: readonly CloneReading[];
  readonly options?: OperationWorldOptions;
  readonly recipient?: Instance;
}

/** A world in which a CLONE that is sent begins, and ends as the script has it. */
function aWorld({ looks, secondLooks = looks, options = {}, recipient = former() }: Script) {
  const scripts = [looks, secondLooks];
  let last: readonly CloneReading[] = [told()];
  const clone = (key: InstanceKey): CloneReading => {
    if (key.port !== RECIPIENT) return told();
    const [now = told(), ...later] = last;
    if (later.length > 0) last = later;
    return now;
  };
  const world = new OperationWorld([...SERVERS, recipient], {
    clone,
    successor: sampleKey(PRIMARY),
    credentials: { user: 'repl', password: 'secret of repl' },
    ...options,
    disobeys: (key, command) => {
      if (command.kind !== 'clone') return options.disobeys?.(key, command);
      last = scripts.shift() ?? [];
      // What a cloned server shows when it is back: the donor's source, and nothing of its own.
      return { ...executed, sourceKey: sampleKey(PRIMARY), usingOracleGtid: true, hasReplicationCredentials: true };
    },
  });
  const operations = new Operations(world.ports);
  const operate = async (wish: Wish = {}) => {
    const result = await operations.operate(asked(wish));
    if (result.kind === 'refused')
      return { outcome: 'refused', text: `${result.refusal.code}: ${result.refusal.text}` };
    return { outcome: result.outcome, text: result.end.lanes.map(({ text }) => text).join('; ') };
  };
  return { world, operations, operate, begins: (readings: readonly CloneReading[]) => void (last = readings) };
}

const running = (changes: Partial<CloneRun> = {}): CloneReading => told({ last: aClone(changes) });
const COMPLETED = running({ state: 'completed' });
const toldTo = ({ told: all }: OperationWorld): readonly string[] => all.map((line) => line.replace(/^4 /, ''));

describe('a reprovision', () => {
  it('is written down, begun, waited for and joined, and then nothing is left of it', async () => {
    const { world, operate } = aWorld({ looks: [running(), AWAY, COMPLETED] });
    expect(await operate()).toEqual({
      outcome: 'done',
      text: 'it has the data of 127.0.0.1:2, and replicates from 127.0.0.1:1',
    });
    expect(toldTo(world)).toEqual(['set-clone-donors', 'clone', 'set-read-only', 'start-replication']);
    expect(world.audits.map((line) => line.split(':')[0])).toEqual([
      'begin-reprovision 127.0.0.1',
      'reprovision 127.0.0.1',
    ]);
    expect(world.audits[0]).toContain(ERRANT);
    expect(world.story.slice(0, 2)).toEqual(['lock 4', 'note 4 begun']);
    expect(world.story.indexOf('note 4 begun')).toBeLessThan(world.story.indexOf('4 set-clone-donors'));
    expect([...world.reprovisions.keys()]).toEqual([]);
    expect(world.heard.join('\n')).toContain('DROP DATA');
    expect(world.story.at(-1)).toBe('release 4');
  });

  it('says no password, in no log, answer or record', async () => {
    const { world, operate } = aWorld({ looks: [COMPLETED] });
    const answer = await operate();
    const words = JSON.stringify([answer, world.logged, world.heard, world.audits, [...world.reprovisions]]);
    expect(words).not.toContain(SECRET);
    expect(words).not.toContain('secret of repl');
  });

  it('is not begun where it cannot be written down', async () => {
    const { world } = aWorld({ looks: [COMPLETED] });
    const broken = { ...world.ports, audit: () => Promise.reject(new Error('disk full')) };
    const result = await new Operations(broken).operate(asked());
    expect(result).toMatchObject({ kind: 'refused', refusal: { code: 'backend' } });
    expect(world.told).toEqual([]);
  });

  it('lets others into the cluster while it waits, and joins whoever is the primary by then', async () => {
    let besides = 0;
    const { world } = aWorld({
      looks: [running(), running(), COMPLETED],
      options: {
        before: (_key, command) => {
          if (command.kind !== 'set-read-only') return;
          expect(besides).toBe(1);
        },
      },
    });
    const beside: typeof world.ports.beside = async (name, what, work) => {
      besides += 1;
      try {
        return await world.ports.beside(name, what, work);
      } finally {
        besides -= 1;
      }
    };
    const readClone = async (key: InstanceKey) => {
      // The second stage has been begun by nobody yet: a failover goes by.
      if (key.port === RECIPIENT && world.told.includes('4 clone') && besides === 0) {
        world.change(PRIMARY, { readOnly: true, sourceKey: sampleKey(OTHER) });
        world.change(OTHER, { readOnly: false, sourceKey: null, receiverState: 'none', applierState: 'none' });
        world.change(DONOR, { sourceKey: sampleKey(OTHER) });
      }
      return world.ports.reprovisioning.readClone(key);
    };
    const reprovisioning = { ...world.ports.reprovisioning, readClone };
    const result = await new Operations({ ...world.ports, beside, reprovisioning }).operate(asked({ donor: DONOR }));
    expect(result).toMatchObject({ kind: 'ended', outcome: 'done' });
    expect(world.at(RECIPIENT).sourceKey).toEqual(sampleKey(OTHER));
  });

  it('undoes what it had prepared where the clone is refused, and nobody has to go on with it', async () => {
    const { world, operate } = aWorld({
      looks: [COMPLETED],
      recipient: peer(RECIPIENT, { superReadOnly: true }),
      options: { refuses: (_key, { kind }) => kind === 'clone' },
    });
    const { outcome, text } = await operate();
    expect([outcome, text]).toEqual(['failed', expect.stringContaining('Error 1227')]);
    expect(toldTo(world).slice(-4)).toEqual(['set-super-read-only', 'follow', 'start-replication', 'set-clone-donors']);
    const { sourceKey, receiverState, superReadOnly } = world.at(RECIPIENT);
    expect([sourceKey, receiverState, superReadOnly]).toEqual([sampleKey(PRIMARY), 'running', true]);
    expect(world.reprovisions.size).toBe(0);
  });

  it('whose clone fails later puts nothing back, says why, and is begun again when it is asked again', async () => {
    const failed = running({ state: 'failed', errorNumber: 3862, errorText: 'the donor is gone' });
    const anew = { beganAt: 'tomorrow' };
    const secondLooks = [running(anew), running({ ...anew, state: 'completed' })];
    const { world, operate, begins } = aWorld({ looks: [running(), failed], secondLooks });
    const { outcome, text } = await operate();
    expect(outcome).toBe('failed');
    expect(text).toContain('error 3862: the donor is gone; the data of 127.0.0.1:4 are gone');
    expect(toldTo(world)).toEqual(['set-clone-donors', 'clone']);
    expect(world.reprovisions.get(RECIPIENT)?.phase).toBe('begun');
    begins([failed]);
    const again = operate({ discardErrant: false });
    expect((await again).outcome).toBe('done');
    expect(toldTo(world).filter((line) => line === 'clone')).toHaveLength(2);
  });
});

describe('asked again', () => {
  it('while it runs here, it tells the same end, and nothing is begun twice', async () => {
    const { world, operate, operations } = aWorld({ looks: [running(), running(), running(), COMPLETED] });
    const first = operate();
    for (let turn = 0; turn < 1_000 && !world.told.includes('4 clone'); turn += 1) await aTurn();
    expect(operations.progressOf(sampleKey(RECIPIENT))).not.toBeNull();
    const [one, other] = await Promise.all([first, operate()]);
    expect([one.outcome, other.outcome]).toEqual(['done', 'done']);
    expect(world.told.filter((line) => line === '4 clone')).toHaveLength(1);
    expect(operations.progressOf(sampleKey(RECIPIENT))).toBeNull();
  });

  it('after the process has died, what runs is waited for and joined', async () => {
    const { world, operate, begins } = aWorld({ looks: [], recipient: former({ executedGtidSet: '' }) });
    world.reprovisions.set(RECIPIENT, aRecord());
    begins([running(), running(), running(), COMPLETED]);
    expect((await operate({ discardErrant: false })).outcome).toBe('done');
    expect(toldTo(world)).toEqual(['set-read-only', 'follow', 'start-replication']);
  });

  it('after the process has died, what is done is joined', async () => {
    const { world, operate, begins } = aWorld({ looks: [], recipient: former(executed) });
    world.reprovisions.set(RECIPIENT, aRecord());
    begins([COMPLETED]);
    expect((await operate()).outcome).toBe('done');
    expect(world.told).not.toContain('4 clone');
    expect(world.reprovisions.size).toBe(0);
  });
});

describe('hooks', () => {
  const withHook = (hook: NonNullable<OperationWorldOptions['hooks']>[number]) =>
    aWorld({ looks: [], options: { hooks: [hook], clone: () => ({ kind: 'without' }) } });

  const old = { version: '8.0.16' };
  const aged = ({ world }: ReturnType<typeof aWorld>) => {
    for (const port of [PRIMARY, DONOR, OTHER, RECIPIENT]) world.change(port, old);
  };

  it('provision it, are told of everybody, and it joins', async () => {
    const heard: unknown[] = [];
    const scene = withHook(async ({ record }) => {
      heard.push(record);
      scene.world.change(RECIPIENT, executed);
      return null;
    });
    aged(scene);
    expect((await scene.operate()).outcome).toBe('done');
    expect(heard).toMatchObject([
      { key: sampleKey(RECIPIENT), donor: sampleKey(DONOR), primary: sampleKey(PRIMARY), discarded: ERRANT },
    ]);
    expect(toldTo(scene.world)).toEqual(['set-read-only', 'follow', 'start-replication']);
  });

  it('that fail leave it as they have made it, and are run again when it is asked again', async () => {
    let runs = 0;
    const scene = withHook(async () => {
      runs += 1;
      scene.world.change(RECIPIENT, executed);
      return runs === 1 ? 'exit status 3' : null;
    });
    aged(scene);
    expect(await scene.operate()).toMatchObject({ outcome: 'failed', text: 'exit status 3' });
    expect(scene.world.told).toEqual([]);
    expect((await scene.operate({ discardErrant: false })).outcome).toBe('done');
    expect(runs).toBe(2);
  });

  it('are not run where something has come meanwhile that nobody has ordered to be lost', async () => {
    let runs = 0;
    const scene = withHook(async () => {
      runs += 1;
      return null;
    });
    aged(scene);
    // A row comes once the plan is made.
    const note: typeof scene.world.ports.reprovisioning.note = async (draft) => {
      await scene.world.ports.reprovisioning.note(draft);
      scene.world.change(RECIPIENT, { executedGtidSet: ERRANT.replace('1-2', '1-3') });
    };
    const ports = { ...scene.world.ports, reprovisioning: { ...scene.world.ports.reprovisioning, note } };
    const result = await new Operations(ports).operate(asked());
    expect(result).toMatchObject({ kind: 'ended', outcome: 'failed' });
    expect(runs).toBe(0);
  });
});
