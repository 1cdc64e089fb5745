/**
 * Answers without the numbers that an engine gives to rows: which ones it gives, and whether it leaves some out or gives them twice, is its own affair.
 */

const NUMBERS = ['id', 'lastDetectionId', 'relatedRecoveryId'];

export function withoutNumbers(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNumbers);
  if (typeof value !== 'object' || value === null) return value;
  const named = Object.entries(value).filter(([name]) => !NUMBERS.includes(name));
  return Object.fromEntries(named.map(([name, part]) => [name, withoutNumbers(part)]));
}
