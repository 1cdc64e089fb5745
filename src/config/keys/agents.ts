/** Keys of the agents on database hosts and of seeding (spec 2.17). */
import { accepted, implemented } from '../key-declaration.ts';

export const agentsKeys = {
  ServeAgentsHttp: implemented('bool', false, {
    reload: 'partly',
    meaning: 'Listen to agents, poll them and show their pages.',
  }),
  AgentsServerPort: implemented('string', ':3001', {
    reload: 'start',
    meaning: 'TCP address on which agents are heard.',
  }),
  AgentsUseSSL: accepted('bool', false, {
    reload: 'partly',
    meaning: 'Use HTTPS for listening to agents and for calling them.',
  }),
  AgentsUseMutualTLS: accepted('bool', false, {
    reload: 'start',
    meaning: 'Demand a client certificate with a unit of AgentSSLValidOUs from agents.',
  }),
  AgentSSLValidOUs: accepted('string[]', [], {
    reload: 'start',
    meaning: 'Organisational units of agents that pass with AgentsUseMutualTLS.',
  }),
  AgentSSLSkipVerify: accepted('bool', false, { reload: 'start', meaning: 'Accept any certificate of an agent.' }),
  AgentSSLPrivateKeyFile: accepted('string', '', {
    reload: 'start',
    meaning: 'PEM file with the private key of the listener for agents.',
  }),
  AgentSSLCertFile: accepted('string', '', {
    reload: 'start',
    meaning: 'PEM file with the certificate of the listener for agents.',
  }),
  AgentSSLCAFile: accepted('string', '', {
    reload: 'start',
    meaning: 'PEM file with the authorities that vouch for certificates of agents.',
  }),
  AgentPollMinutes: accepted('uint', 60, {
    unit: 'minutes',
    reload: 'dynamic',
    meaning: 'Time between two polls of an agent.',
  }),
  UnseenAgentForgetHours: accepted('uint', 6, {
    unit: 'hours',
    reload: 'dynamic',
    meaning: 'Agents that did not register again for this long are forgotten.',
  }),
  StaleSeedFailMinutes: accepted('uint', 60, {
    unit: 'minutes',
    reload: 'dynamic',
    meaning: 'A seed without progress for this long counts as failed.',
  }),
  SeedAcceptableBytesDiff: accepted('int64', 8192, {
    unit: 'bytes',
    reload: 'unused',
    meaning: 'Meant as the tolerated difference in size between the two ends of a seed; never used.',
  }),
  SeedWaitSecondsBeforeSend: accepted('int64', 2, {
    unit: 'seconds',
    reload: 'dynamic',
    meaning: 'Pause between telling the target of a seed to receive and its source to send.',
  }),
};
