/** Keys of pseudo-GTID and of reading binary logs (spec 2.10). */
import { implemented } from '../key-declaration.ts';

export const pseudoGtidKeys = {
  AutoPseudoGTID: implemented('bool', false, {
    reload: 'dynamic',
    meaning: 'Write markers into the binary logs of primaries, which makes replicas without GTID comparable.',
  }),
  PseudoGTIDPattern: implemented('string', '', {
    reload: 'dynamic',
    meaning: 'Text or pattern by which markers are recognised in binary and relay logs; empty turns pseudo-GTID off.',
  }),
  PseudoGTIDPatternIsFixedSubstring: implemented('bool', false, {
    reload: 'dynamic',
    meaning: 'Take PseudoGTIDPattern as plain text.',
  }),
  PseudoGTIDMonotonicHint: implemented('string', '', {
    reload: 'dynamic',
    meaning: 'Text that, when found in a marker, says that markers only ever increase.',
  }),
  DetectPseudoGTIDQuery: implemented('string', '', {
    reload: 'dynamic',
    meaning: 'Query that answers 1 on servers that carry markers.',
  }),
  BinlogEventsChunkSize: implemented('int', 10000, {
    unit: 'events',
    reload: 'dynamic',
    meaning: 'How many events one statement reads from a binary or relay log.',
  }),
  SkipBinlogEventsContaining: implemented('string[]', [], {
    reload: 'dynamic',
    meaning: 'Texts whose events are skipped when binary logs are compared.',
  }),
};
