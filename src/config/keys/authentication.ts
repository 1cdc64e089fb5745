/** Keys that say who may enter and who may write (spec 2.2). */
import { accepted, implemented, NO_LIST } from '../key-declaration.ts';

export const authenticationKeys = {
  AuthenticationMethod: implemented('string', '', {
    reload: 'partly',
    meaning: 'How users are recognised: empty (everyone may write), basic, multi, proxy or token, in any case.',
  }),
  HTTPAuthUser: implemented('string', '', {
    reload: 'partly',
    meaning: 'User of the methods basic and multi; also sent to the leader by other raft nodes.',
  }),
  HTTPAuthPassword: implemented('string', '', {
    reload: 'partly',
    secret: true,
    meaning: 'Password that goes with HTTPAuthUser.',
  }),
  AuthUserHeader: implemented('string', 'X-Forwarded-User', {
    reload: 'dynamic',
    meaning: 'Request header in which a trusted proxy names the user, for the method proxy.',
  }),
  PowerAuthUsers: implemented('string[]', ['*'], {
    reload: 'dynamic',
    meaning: 'Users who may write with the method proxy; * stands for everyone.',
  }),
  PowerAuthGroups: accepted('string[]', [], {
    reload: 'dynamic',
    meaning: 'Unix groups whose members may write with the method proxy.',
  }),
  AccessTokenUseExpirySeconds: accepted('uint', 60, {
    unit: 'seconds',
    reload: 'dynamic',
    meaning: 'Time within which a public access token must be exchanged for its secret.',
  }),
  AccessTokenExpiryMinutes: accepted('uint', 1440, {
    unit: 'minutes',
    reload: 'dynamic',
    meaning: 'Lifetime of an access token from the moment it was made.',
  }),
  OAuthClientId: accepted('string', '', { reload: 'unused', meaning: 'Reserved for an OAuth log-in; never used.' }),
  OAuthClientSecret: accepted('string', '', {
    reload: 'unused',
    secret: true,
    meaning: 'Reserved for an OAuth log-in; never used.',
  }),
  OAuthScopes: accepted('string[]', NO_LIST, {
    reload: 'unused',
    meaning: 'Reserved for an OAuth log-in; never used.',
  }),
};
