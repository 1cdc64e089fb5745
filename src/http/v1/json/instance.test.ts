/** Fields of an instance that are not its own (spec/http-api.md 3.3). */
import { expect, it } from 'vitest';
import { SAMPLE_NOW, SAMPLE_SETTINGS, sampleServer } from '../../../model/topology-samples.ts';
import { instanceJson } from './instance.ts';

const context = { now: SAMPLE_NOW, settings: SAMPLE_SETTINGS };
const view = { instance: sampleServer(10111), downtime: null, candidate: null };

it('shows the virtual name that a person has given to its host', () => {
  expect(instanceJson({ ...view, virtualName: 'vip' }, context)).toMatchObject({ UnresolvedHostname: 'vip' });
  expect(instanceJson(view, context)).toMatchObject({ UnresolvedHostname: '' });
});
