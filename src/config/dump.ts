/** Prints settings as `dump-config` does: one line of JSON, byte by byte as the reference's encoder (spec 1.7). Pure. */
import { DUMP_ORDER } from './dump-order.ts';
import { isMap, type KeyType, NO_LIST, NO_MAP, type SettingValue } from './key-declaration.ts';
import { declarationOf, KEY_NAMES, type KeyName, type Settings, settingsFrom } from './settings.ts';

/** What `maskSecrets` puts in place of a secret that is set. */
export const MASK = '********';

/** All settings, secrets in clear as the contract has it; mask first where that is not wanted. No newline at the end. */
export function dumpConfiguration(settings: Settings): string {
  // Keys of our own are shown where they are set: who compares dumps with the reference's sees none.
  const own = OWN_KEYS.filter((name) => settings[name] !== declarationOf(name).default);
  const members = [...DUMP_ORDER, ...own].map((name) => `${jsonString(name)}:${jsonOf(name, settings[name])}`);
  return `{${members.join(',')}}`;
}

/** The same settings with every secret that is not empty replaced by `MASK`. */
export function maskSecrets(settings: Settings): Settings {
  return Object.freeze(settingsFrom((name) => (isSecret(name) && settings[name] !== '' ? MASK : settings[name])));
}

/** Those that the contract does not have. */
const OWN_KEYS: readonly KeyName[] = KEY_NAMES.filter((name) => !DUMP_ORDER.includes(name));

/** The keys whose values open a door. */
export const SECRET_KEYS: readonly KeyName[] = KEY_NAMES.filter(isSecret);

function isSecret(name: KeyName): boolean {
  return declarationOf(name).secret === true;
}

function jsonOf(name: KeyName, value: SettingValue): string {
  if (value === NO_LIST || value === NO_MAP) return 'null';
  if (typeof value === 'string') return jsonString(value);
  if (typeof value === 'number') return jsonNumber(declarationOf(name).type, value);
  if (typeof value === 'boolean') return String(value);
  return isMap(value) ? jsonMap(value) : `[${value.map(jsonString).join(',')}]`;
}

/** Names sorted by their bytes. */
function jsonMap(map: ReadonlyMap<string, string>): string {
  const sorted = [...map].sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  return `{${sorted.map(([name, value]) => `${jsonString(name)}:${jsonString(value)}`).join(',')}}`;
}

/** The encoder also escapes what a browser could read as markup or as the end of a line of script. */
function jsonString(text: string): string {
  return JSON.stringify(text).replace(
    /[<>&\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Significant digits that tell any two 32-bit floats apart. */
const FLOAT32_DIGITS_MAX = 9;

/** The `float` key is a 32-bit number in the reference: the shortest spelling that reads back as the same 32 bits. */
function jsonNumber(type: KeyType, value: number): string {
  if (type !== 'float') return String(value);
  for (let digits = 1; digits < FLOAT32_DIGITS_MAX; digits++) {
    const shorter = Number(value.toPrecision(digits));
    if (Math.fround(shorter) === Math.fround(value)) return String(shorter);
  }
  return String(Number(value.toPrecision(FLOAT32_DIGITS_MAX)));
}
