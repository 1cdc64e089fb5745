/** Keys of the service itself: logging, listening, web texts (spec 2.1). */
import { accepted, implemented } from '../key-declaration.ts';

export const serviceHttpKeys = {
  Debug: implemented('bool', false, {
    reload: 'start',
    meaning: 'Log at debug level, as the flag --debug does; --quiet still wins.',
  }),
  EnableSyslog: accepted('bool', false, {
    reload: 'start',
    meaning: 'Copy log lines to the local syslog under the tag orchestrator.',
  }),
  ListenAddress: implemented('string', ':3000', {
    reload: 'start',
    meaning: 'TCP address of the web pages and the API, as host:port or :port.',
  }),
  ListenSocket: implemented('string', '', {
    reload: 'start',
    meaning: 'Path of a unix socket to listen on instead of TCP; neither TCP nor TLS is served then.',
  }),
  HTTPAdvertise: accepted('string', '', {
    reload: 'start',
    meaning: 'Base URL (scheme://host:port, no path) under which other raft nodes reach this node when it leads.',
  }),
  URLPrefix: implemented('string', '', {
    reload: 'start',
    meaning: 'Path put in front of every route: pages, API and static files.',
  }),
  StatusEndpoint: implemented('string', '/api/status', {
    reload: 'partly',
    meaning: 'Path of the status check; any other value than the default is an absolute path without URLPrefix.',
  }),
  ReadOnly: implemented('bool', false, {
    reload: 'dynamic',
    meaning: 'Refuse every API call that changes something, for everyone; automatic recovery goes on.',
  }),
  WebMessage: accepted('string', '', {
    reload: 'dynamic',
    meaning: 'Plain text shown as a warning box on every page.',
  }),
  RemoveTextFromHostnameDisplay: accepted('string', '', {
    reload: 'dynamic',
    meaning: 'Text whose first occurrence is cut from host names shown on cluster pages.',
  }),
  PrependMessagesWithOrcIdentity: implemented('string', '', {
    reload: 'start',
    meaning: 'Which identity (FQDN, hostname, custom, or none) to put in front of the messages of API replies.',
  }),
  CustomOrcIdentity: implemented('string', '', {
    reload: 'start',
    meaning: 'Identity used for the word custom in PrependMessagesWithOrcIdentity, and when no other can be found.',
  }),
};
