import { request, type Answer } from './app';

/** A client that keeps cookies as a browser does, and sends what the script of a page would. */
export class CookieClient {
  readonly cookies = new Map<string, string>();

  constructor(readonly url: string) {}

  /** @param headers instead of those that our own page would send; undefined leaves one out */
  async send(method: string, path: string, body?: object, headers: HeadersOf = {}): Promise<Answer> {
    const all = {
      Cookie: [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; '),
      'X-CSRF-Token': this.cookies.get('__Host-csrf_token'),
      ...(body && { 'Content-Type': 'application/json' }),
      ...headers,
    };
    const answer = await request(this.url + path, {
      method,
      headers: Object.entries(all).filter((entry): entry is [string, string] => Boolean(entry[1])),
      ...(body && { body: JSON.stringify(body) }),
    });
    answer.headers.getSetCookie().forEach((line) => {
      this.#take(line);
    });
    return answer;
  }

  #take(line: string): void {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    if (/; Max-Age=0(;|$)/i.test(line)) this.cookies.delete(name);
    else this.cookies.set(name, value);
  }
}

type HeadersOf = Readonly<Record<string, string | undefined>>;
