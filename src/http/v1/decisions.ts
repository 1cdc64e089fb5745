/**
 * What people decide about servers: downtime, maintenance, promotion rules (spec/http-api.md 2.10, 2.11 row 133).
 */
import { seconds } from '../../model/brand.ts';
import { instanceKeyText, sameKey } from '../../model/instance-key.ts';
import { bareAnswer, errorAnswer, okAnswer, refusedAnswer } from '../answer.ts';
import { maintenanceJson } from './json/records.ts';
import { keyJson } from './json/scalars.ts';
import { downtimeDuration, requiredInteger } from './parameters.ts';
import type { Handler } from './request.ts';
import { instanceTarget } from './targets.ts';

/** How long a maintenance lock asked for by a person holds. */
const MAINTENANCE_DURATION = seconds(600);

/** Details are the key even when it fails, but not for a bad duration (contract). */
export const beginDowntime: Handler = async (request, calls) => {
  const target = instanceTarget(request, calls);
  if (target.kind === 'answer') return target.answer;
  const duration = downtimeDuration(request.param('duration'));
  if (duration.kind === 'refused') return errorAnswer(duration.reason);
  const details = keyJson(target.value);
  const outcome = await calls.beginDowntime(
    target.value,
    request.param('owner'),
    request.param('reason'),
    duration.value,
  );
  if (outcome.kind === 'refused') return refusedAnswer(outcome.refusal, details);
  return okAnswer(`Downtime begun: ${instanceKeyText(target.value)}`, details);
};

/** OK even when there was none. */
export const endDowntime: Handler = async (request, calls) => {
  const target = instanceTarget(request, calls);
  if (target.kind === 'answer') return target.answer;
  const outcome = await calls.endDowntime(target.value);
  if (outcome.kind === 'refused') return refusedAnswer(outcome.refusal);
  return okAnswer(`Downtime ended: ${instanceKeyText(target.value)}`, keyJson(target.value));
};

/** Refused while somebody else holds the lock; Details are then 0 (contract). */
export const beginMaintenance: Handler = async (request, calls) => {
  const target = instanceTarget(request, calls);
  if (target.kind === 'answer') return target.answer;
  const outcome = await calls.beginMaintenance(
    target.value,
    request.param('owner'),
    request.param('reason'),
    MAINTENANCE_DURATION,
  );
  if (outcome.kind === 'refused') return refusedAnswer(outcome.refusal, 0);
  return okAnswer(`Maintenance begun: ${instanceKeyText(target.value)}`, keyJson(target.value));
};

/** OK even when not locked. */
export const endMaintenance: Handler = async (request, calls) => {
  const target = instanceTarget(request, calls);
  if (target.kind === 'answer') return target.answer;
  const outcome = await calls.endMaintenance(target.value);
  if (outcome.kind === 'refused') return refusedAnswer(outcome.refusal);
  return okAnswer(`Maintenance ended: ${instanceKeyText(target.value)}`, keyJson(target.value));
};

export const endMaintenanceById: Handler = async (request, calls) => {
  const id = requiredInteger(request.param('maintenanceKey'));
  if (id.kind === 'refused') return errorAnswer(id.reason);
  const outcome = await calls.endMaintenanceById(id.value);
  if (outcome.kind === 'refused') return refusedAnswer(outcome.refusal);
  return okAnswer(`Maintenance ended: ${id.value}`, id.value);
};

export const inMaintenance: Handler = async (request, calls) => {
  const target = instanceTarget(request, calls);
  if (target.kind === 'answer') return target.answer;
  const isLocked = (await calls.maintenance()).some((lock) => sameKey(lock.key, target.value));
  return okAnswer(String(isLocked), isLocked ? instanceKeyText(target.value) : '');
};

/** Active locks, by id. */
export const maintenance: Handler = async (_request, calls) => {
  const now = calls.now();
  const locks = [...(await calls.maintenance())].sort((one, other) => one.id - other.id);
  return bareAnswer(locks.map((lock) => maintenanceJson(lock, now)));
};

export const registerCandidate: Handler = async (request, calls) => {
  const target = instanceTarget(request, calls);
  if (target.kind === 'answer') return target.answer;
  const outcome = await calls.registerCandidate(target.value, request.param('promotionRule'));
  if (outcome.kind === 'refused') return refusedAnswer(outcome.refusal);
  return okAnswer('Registered candidate', keyJson(target.value));
};
