import { isPlainObject } from '../util/json';

/** The largest time that a Date can hold, in seconds. */
const maximumTime = 8.64e12;

/** 1 to 255 characters, no control characters, no half of a surrogate pair. */
const identityShape = /^[^\p{Cc}\p{Cs}]{1,255}$/u;

/** Whether a value can be a `sub`. */
export function isIdentity(value: unknown): value is string {
  return typeof value === 'string' && value.length <= 255 && identityShape.test(value);
}

/** Whether a value is a list of roles: any name is a role that could be an identity. */
export function isRoleList(value: unknown): value is string[] {
  return Array.isArray(value) && value.every(isIdentity);
}

/** Whether a value is one scope (RFC 6749, section 3.3), or another name in a space-separated list. */
export function isScope(value: unknown): value is string {
  return typeof value === 'string' && /^[!#-[\]-~]+$/.test(value);
}

/** Whether a value is a list of scopes. */
export function isScopeList(value: unknown): value is string[] {
  return Array.isArray(value) && value.every(isScope);
}

/** Whether a value is what `scope` holds: scopes with one space between them. */
export function isScopeText(value: unknown): value is string {
  return typeof value === 'string' && isScopeList(value.split(' '));
}

/** Whether a value is a time in Unix seconds, fractions included (RFC 7519, section 2). */
export function isTime(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= maximumTime;
}

/** Whether a value counts the rotations of a session. */
export function isGeneration(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

/** Whether a value is one name or a list of names, as `aud` is. */
export function isNames(value: unknown): value is string | string[] {
  return [value].flat().every((name) => typeof name === 'string');
}

/** Who acts for the subject, with the actor before that one nested in it (RFC 8693, section 4.1). */
export interface Actor {
  readonly sub: string;
}

/** Whether a value is what `act` holds. */
export function isActor(value: unknown): value is Actor {
  return isPlainObject(value) && isIdentity(value['sub']);
}

/** Whether a value is what `cnf` holds: a member for each way to confirm the key (RFC 7800, section 3.1). */
export function isConfirmation(value: unknown): value is Record<string, unknown> {
  return isPlainObject(value) && Object.keys(value).length > 0;
}

/** What a ticket is for. */
export interface TicketUse {
  readonly purpose: string;
  /** Whether it may be used more than once. */
  readonly reusable?: true;
}

/** Whether a value is what `ticket` holds. */
export function isTicketUse(value: unknown): value is TicketUse {
  return (
    isPlainObject(value) &&
    isIdentity(value['purpose']) &&
    [undefined, true].includes(value['reusable'] as true)
  );
}

/** Whether a value is a text, of whatever length. */
export function isText(value: unknown): value is string {
  return typeof value === 'string';
}
