/** Keys that restrict who is promoted and say what happens around a promotion (spec 2.13). */
import { accepted, implemented } from '../key-declaration.ts';

export const promotionKeys = {
  PostponeSlaveRecoveryOnLagMinutes: accepted('uint', 0, {
    unit: 'minutes',
    reload: 'dynamic',
    meaning: 'Old name of PostponeReplicaRecoveryOnLagMinutes.',
  }),
  ApplyMySQLPromotionAfterMasterFailover: implemented('bool', true, {
    reload: 'dynamic',
    meaning: 'After a failover, reset replication on the promoted server and make it writable.',
  }),
  CoMasterRecoveryMustPromoteOtherCoMaster: implemented('bool', true, {
    reload: 'dynamic',
    meaning: 'With a dead co-primary, promote the other co-primary or nobody.',
  }),
  PreventCrossDataCenterMasterFailover: implemented('bool', false, {
    reload: 'dynamic',
    meaning: 'Promote only within the data centre of the failed primary.',
  }),
  PreventCrossRegionMasterFailover: implemented('bool', false, {
    reload: 'dynamic',
    meaning: 'Promote only within the region of the failed primary.',
  }),
  FailMasterPromotionOnLagMinutes: implemented('uint', 0, {
    unit: 'minutes',
    reload: 'dynamic',
    meaning: 'Refuse to promote a replica whose lag reaches this; 0 means no limit; needs ReplicationLagQuery.',
  }),
  FailMasterPromotionIfSQLThreadNotUpToDate: implemented('bool', false, {
    reload: 'dynamic',
    meaning:
      'Promote nobody where the best replica has not applied all that it has received within InstanceBulkOperationsWaitTimeoutSeconds, unless another one has all of it.',
  }),
  DelayMasterPromotionIfSQLThreadNotUpToDate: implemented('bool', false, {
    reload: 'dynamic',
    meaning:
      'Wait with the promotion until the replica has applied its relay log: at most a day, and at most InstanceBulkOperationsWaitTimeoutSeconds while it applies nothing. Past that nobody is promoted who has received less.',
  }),
  DetachLostReplicasAfterMasterFailover: implemented('bool', false, {
    reload: 'dynamic',
    meaning: 'Mask the source of replicas that cannot follow the promoted server; the old name decides, see there.',
  }),
  DetachLostSlavesAfterMasterFailover: implemented('bool', true, {
    reload: 'dynamic',
    meaning: 'Old name of DetachLostReplicasAfterMasterFailover; true here turns that on whatever it says.',
  }),
  MasterFailoverDetachReplicaMasterHost: accepted('bool', false, {
    reload: 'dynamic',
    meaning: 'Mask the source on the promoted server, so that it does not follow a returning old primary.',
  }),
  MasterFailoverDetachSlaveMasterHost: accepted('bool', false, {
    reload: 'dynamic',
    meaning: 'Old name of MasterFailoverDetachReplicaMasterHost.',
  }),
  MasterFailoverLostInstancesDowntimeMinutes: accepted('uint', 0, {
    unit: 'minutes',
    reload: 'unused',
    meaning: 'Meant as the downtime of servers lost in a failover; never used, the downtime is 365 days.',
  }),
  ProcessesShellCommand: implemented('string', 'bash', {
    reload: 'dynamic',
    meaning: 'Program that runs hook scripts: one name or path, without arguments.',
  }),
};
