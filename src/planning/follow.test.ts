import { describe, expect, it } from 'vitest';
import { NO_RECEIVER_OPTIONS, NO_REPLICATION_TLS } from '../model/blank-instance.ts';
import type { Instance, ReplicationTls } from '../model/instance.ts';
import { relayLogDrained } from '../model/relay-log-safe.ts';
import { sampleReplica, sampleServer } from '../model/topology-samples.ts';
import { followCommand, gtidMethod } from './follow.ts';
import { gtidContainment } from './gtid-progress.ts';
import { at, atPosition } from './testing.ts';

const witness = nothingReceived();

function nothingReceived() {
  const made = relayLogDrained(gtidContainment, '', '');
  if (made === null) throw new Error('an empty relay log is safe');
  return made;
}

function optionsOf(instance: Instance, ...credentials: [] | [{ user: string; password: string }]) {
  const command = followCommand(instance, at(22300), witness, ...credentials);
  if (command.kind !== 'follow') throw new Error(`not a follow: ${command.kind}`);
  return command.options;
}

describe('how a server finds its place in a new source', () => {
  it('D1: is auto position on MySQL, for replicas and former primaries alike', () => {
    expect(gtidMethod(sampleReplica(22294, 22293))).toBe('auto-position');
    expect(gtidMethod(sampleServer(22293))).toBe('auto-position');
  });

  it('D1: is what it replicated on MariaDB, and its own writes too for a former primary', () => {
    expect(gtidMethod(sampleReplica(22294, 22293, atPosition('0-1-9')))).toBe('slave-pos');
    expect(gtidMethod(sampleServer(22293, atPosition('0-1-9')))).toBe('current-pos');
  });

  it('is told to the server only when it replicates another way until now', () => {
    expect(optionsOf(sampleReplica(22294, 22293)).place).toMatchObject({ stateMethod: false });
    expect(optionsOf(sampleReplica(22294, 22293, { usingOracleGtid: false })).place).toMatchObject({
      stateMethod: true,
    });
    expect(optionsOf(sampleReplica(22294, 22293, atPosition('0-1-9'))).place).toMatchObject({ stateMethod: false });
    expect(optionsOf(sampleServer(22293)).place).toMatchObject({ stateMethod: true });
  });
});

describe('following another source', () => {
  it('D14: states all TLS options again as the server has them', () => {
    const replicationTls: ReplicationTls = {
      ...NO_REPLICATION_TLS,
      caFile: '/etc/ca.pem',
      verifyServerCertificate: true,
      tlsVersion: 'TLSv1.3',
      getSourcePublicKey: false,
    };
    const options = optionsOf(sampleReplica(22294, 22293, { allowTls: true, replicationTls }));
    expect(options).toMatchObject({ allowTls: true, tls: replicationTls });
  });

  it('D14, D8: carries what a change of the source forgets, and the delay that a remedy would', () => {
    const receiverOptions = { ...NO_RECEIVER_OPTIONS, heartbeatPeriodMillis: 1_500, connectRetrySeconds: 7 };
    const options = optionsOf(sampleReplica(22294, 22293, { receiverOptions, sqlDelaySeconds: 60 }));
    expect(options).toMatchObject({ receiver: receiverOptions, delaySeconds: 60 });
  });

  it('brings credentials only where they are given', () => {
    const credentials = { user: 'repl', password: 'secret' };
    expect(optionsOf(sampleServer(22293)).credentials).toBeNull();
    expect(optionsOf(sampleServer(22293), credentials).credentials).toEqual(credentials);
  });

  it('goes to the source it was given, with the witness it was given', () => {
    expect(followCommand(sampleReplica(22294, 22293), at(22300), witness)).toMatchObject({
      relayLog: witness,
      options: { source: at(22300) },
    });
  });
});
