import type { Inspection } from './inspection';
import { printable } from './printable';

/** Claims that are times (RFC 7519, section 4.1). */
const timeNames = ['iat', 'nbf', 'exp', 'auth_time', 'sxp'];

const units = [
  [86_400, 'day'],
  [3600, 'hour'],
  [60, 'minute'],
  [1, 'second'],
] as const;

/**
 * The contents of a token, for people.
 *
 * @param now Unix seconds
 * @param note what to know about them, for the titles
 */
export function contentsOf({ header, claims }: Inspection, now: number, note = ''): string[] {
  return [...section(`Header${note}`, header, now), ...section(`Claims${note}`, claims, now)];
}

function section(title: string, members: Record<string, unknown> | undefined, now: number): string[] {
  if (!members) return [];
  return [`${title}:`, ...Object.entries(members).map(([name, value]) => `  ${lineOf(name, value, now)}`)];
}

function lineOf(name: string, value: unknown, now: number): string {
  const shown = `${printable(name).slice(1, -1)}: ${printable(value)}`;
  const time = timeNames.includes(name) && typeof value === 'number' ? timeOf(value, now) : '';
  return time === '' ? shown : `${shown} (${time})`;
}

/** Empty for what is no time. */
function timeOf(seconds: number, now: number): string {
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) return '';
  return `${date.toISOString().replace('.000', '')}, ${distance(seconds - now)}`;
}

function distance(seconds: number): string {
  const length = Math.abs(seconds);
  const [size, unit] = units.find(([least]) => length >= least) ?? [1, 'second'];
  const count = Math.floor(length / size);
  const amount = `${String(count)} ${unit}${count === 1 ? '' : 's'}`;
  return seconds < 0 ? `${amount} ago` : `in ${amount}`;
}
