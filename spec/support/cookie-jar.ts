import { parseSetCookie, type SetCookie } from 'cookie';
import type { Answer } from './app';

/** The cookies that an answer sets, in their order. */
export function cookiesOf({ headers }: Pick<Answer, 'headers'>): SetCookie[] {
  return headers.getSetCookie().map((line) => parseSetCookie(line));
}

/** What a browser would send after these answers: the cookies by name, without those that were removed. */
export class CookieJar {
  readonly #values = new Map<string, string>();

  /** Takes the cookies of an answer; returns the answer. */
  take<A extends Pick<Answer, 'headers'>>(answer: A): A {
    for (const { name, value = '', maxAge } of cookiesOf(answer)) {
      if (maxAge === 0) this.#values.delete(name);
      else this.#values.set(name, value);
    }
    return answer;
  }

  /** A cookie's value, which must be there. */
  value(name: string): string {
    const value = this.#values.get(name);
    if (value === undefined) throw new Error(`no cookie ${name}`);
    return value;
  }

  get names(): string[] {
    return [...this.#values.keys()];
  }

  /** The value of the Cookie header; with names, of these cookies only. */
  header(names = this.names): string {
    return names.map((name) => `${name}=${this.value(name)}`).join('; ');
  }
}
