/** Keys of pseudo-GTID and of reading binary logs (spec 2.10). */
import { accepted, implemented } from '../key-declaration.ts';

export const pseudoGtidKeys = {
  AutoPseudoGTID: accepted('bool', false, {
    reload: 'dynamic',
    meaning: 'Write markers into the binary logs of primaries, which makes replicas without GTID comparable.',
  }),
  PseudoGTIDPattern: accepted('string', '', {
    reload: 'dynamic',
    meaning: 'Text or pattern by which markers are recognised in binary and relay logs; empty turns pseudo-GTID off.',
  }),
  PseudoGTIDPatternIsFixedSubstring: accepted('bool', false, {
    reload: 'dynamic',
    meaning: 'Take PseudoGTIDPattern as plain text.',
  }),
  PseudoGTIDMonotonicHint: accepted('string', '', {
    reload: 'dynamic',
    meaning: 'Text that, when found in a marker, says that markers only ever increase.',
  }),
  DetectPseudoGTIDQuery: implemented('string', '', {
    reload: 'dynamic',
    meaning: 'Query that answers 1 on servers that carry markers.',
  }),
  BinlogEventsChunkSize: accepted('int', 10000, {
    unit: 'events',
    reload: 'dynamic',
    meaning: 'How many events one statement reads from a binary or relay log.',
  }),
  SkipBinlogEventsContaining: accepted('string[]', [], {
    reload: 'dynamic',
    meaning: 'Texts whose events are skipped when binary logs are compared.',
  }),
};
