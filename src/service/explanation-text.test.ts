import { describe, expect, it } from 'vitest';
import { NO_EVIDENCE } from '../model/blank-instance.ts';
import { sampleReplica } from '../model/topology-samples.ts';
import { sampleExplanation } from './explanation-samples.ts';
import { explanationLines } from './explanation-text.ts';

describe('an explanation for people', () => {
  it('tells what is seen, what is thought of it, what would be done, what if, and what was', () => {
    expect(explanationLines(sampleExplanation).join('\n')).toMatchInlineSnapshot(`
      "demo (127.0.0.1:10111), as orc1 sees it, which leads
      orc2:3000 was asked too
      orc3:3000 does not tell what it sees: no answer within 1000 ms

      Seen:
          127.0.0.1:10111 [primary]: does not answer (last seen 3.0 s ago; asked 0.1 s ago; Error 1040 (08004): Too many connections); writable; a write has waited for its commit for 12 s; downtimed by kim: new disks, for 60 s more
              orc2:3000: it does not answer (last seen 3.1 s ago; connection refused)
          127.0.0.1:10112: answers (0.2 s ago); read-only; its receiver cannot connect to 127.0.0.1:10111 ("error 2003"); lag 0 s
          127.0.0.1:10113: answers (12 s ago, as the backend has it); read-only; its receiver is connected to 127.0.0.1:10111; its applier is stopped ("error 1062"); under maintenance by ann: backup, for 2 h more

      Concluded:
          127.0.0.1:10111: DeadMaster (line 2), for 4.0 s: it is a primary and does not answer
              of 2 replicas 2 answer, 0 replicate, 1 cannot connect; it waits for 1 acknowledgements, and 0 can give one
              proof: its replicas miss it
                  127.0.0.1:10112 cannot reach it ("error 2003") (0.2 s ago)
              3 servers are read again every second
              held back by downtime: downtimed (for 60 s more, until 2026-09-21T14:14:20.000Z)
          127.0.0.1:10111: ErrantGTIDStructureWarning

      If 127.0.0.1:10111 died now:
          127.0.0.1:10112 would take its place
          not a candidate: 127.0.0.1:10113: its applier is broken
          would be lost: 127.0.0.1:10113: it cannot replicate from the new primary
          a crash is noticed at once, a death without a word after 2.1 s
          nothing would hold it back

      Was:
          2026-09-21T14:13:19.000Z 127.0.0.1:10111: not recovered: DeadMaster: downtimed
          2026-09-21T14:13:17.000Z 127.0.0.1:10111: DeadMaster detected; not recovered: DeadMaster: downtimed
          2026-09-20T14:13:20.000Z 127.0.0.1:10111: DeadMaster detected; recovered to 127.0.0.1:10112"
    `);
  });

  it('tells that nothing is wrong, that nothing holds a failover back, and that nothing was', () => {
    const [, noProblem] = sampleExplanation.conclusions;
    const calm = {
      ...sampleExplanation,
      conclusions: noProblem === undefined ? [] : [noProblem],
      detections: [],
      refusals: [],
    };
    const lines = explanationLines(calm);
    expect(lines).toContain('    nothing is wrong');
    expect(lines).toContain('    nothing would hold it back');
    expect(lines).not.toContain('Was:');
  });

  it.each([
    [300, 'its receiver is connected to 127.0.0.1:10111 and heard it 0.3 s ago, with a heartbeat every 1.0 s'],
    [
      12_000,
      'its receiver is connected to 127.0.0.1:10111 and hears nothing: last 12 s ago, with a heartbeat every 1.0 s',
    ],
    [null, 'its receiver is connected to 127.0.0.1:10111'],
  ])('A24: tells of a receiver that was silent for %s ms', (silentMillis, text) => {
    const evidence = { ...NO_EVIDENCE, heartbeatPeriodMillis: 1_000, waitsForSource: true, silentMillis };
    const instance = sampleReplica(10112, 10111, { evidence });
    const server = {
      instance,
      isPrimary: false,
      answers: true,
      failure: '',
      ageMillis: 0,
      isSeenHere: true,
      seenElsewhere: [],
      answersInPart: false,
      askedMillis: 0,
      downtime: null,
      maintenance: null,
      writeProbe: null,
    };
    expect(explanationLines({ ...sampleExplanation, servers: [server] })[5]).toContain(`; ${text}; `);
  });

  it('tells that there is no single primary, and who sees it without leading', () => {
    const lines = explanationLines({
      ...sampleExplanation,
      leads: false,
      leader: 'orc2',
      ifPrimaryDied: null,
      noFailover: 'there is no single primary',
    });
    expect(lines[0]).toBe('demo (127.0.0.1:10111), as orc1 sees it, which does not lead; orc2 does');
    expect(lines).toContain('No failover: there is no single primary.');
  });

  it('prints nothing that could be taken for a line of its own, whoever said it', () => {
    const [first] = sampleExplanation.servers;
    const hostile = 'x\n    127.0.0.1:10111: NoProblem\u001b[2J\u2028';
    const servers = first === undefined ? [] : [{ ...first, failure: hostile }];
    const lines = explanationLines({ ...sampleExplanation, servers });
    expect(lines.filter((line) => /[\p{Cc}\u2028]/u.test(line))).toEqual([]);
    expect(lines.join('\n')).toContain('x     127.0.0.1:10111: NoProblem [2J ');
  });

  it('tells that a command only knows what the service has written down', () => {
    const [first] = explanationLines({ ...sampleExplanation, explainer: 'command', leader: 'orc2' });
    expect(first).toBe('demo (127.0.0.1:10111), as the backend has it, told by a command on orc1; orc2 leads');
  });
});
