import type { ServerResponse } from 'node:http';
import type { TokenLocation } from '../locations/token-location';
import type { HttpRequest } from '../request/http-request';
import { beforeSending, type Adjustment } from './before-sending';
import { addVary, membersOf, setHeader } from './header-fields';

/**
 * Every response of a request varies by these headers. No cache keeps a 401, nor the response of a route that issues tokens
 * (RFC 6749, section 5.1).
 */
export class ResponseGuard implements Adjustment {
  readonly #vary: readonly string[];
  readonly #varyText: string;
  readonly #issuesTokens: boolean;

  constructor(vary: readonly string[], issuesTokens: boolean) {
    this.#vary = vary;
    this.#varyText = [...new Set(vary)].join(', ');
    this.#issuesTokens = issuesTokens;
  }

  /** Adds the headers now, and again just before they are sent: an error handler may remove them. */
  guard({ res }: HttpRequest): void {
    beforeSending(res, this);
    this.#addVary(res);
  }

  adjust(res: ServerResponse, status: number): void {
    this.#addVary(res);
    if (status === 401 || this.#issuesTokens) setHeader(res, 'Cache-Control', 'no-store');
  }

  #addVary(res: ServerResponse): void {
    const present = res.getHeader('Vary');
    if (present === this.#varyText || this.#varyText === '') return;
    if (present === undefined) setHeader(res, 'Vary', this.#varyText);
    else addVary(res, this.#vary);
  }
}

/** The guards for some locations: of routes that issue tokens, and of others. */
interface Guards {
  readonly issuing: ResponseGuard;
  readonly other: ResponseGuard;
}

const known = new WeakMap<readonly TokenLocation[], Guards>();

/** The guard of responses to requests that carry their token in one of these locations. */
export function guardFor(locations: readonly TokenLocation[], issuesTokens: boolean): ResponseGuard {
  const guards = known.get(locations) ?? createGuards(locations);
  return issuesTokens ? guards.issuing : guards.other;
}

function createGuards(locations: readonly TokenLocation[]): Guards {
  const vary = locations.flatMap((location) => location.vary ?? []);
  const guards = { issuing: new ResponseGuard(vary, true), other: new ResponseGuard(vary, false) };
  known.set(locations, guards);
  return guards;
}

/** No shared cache keeps the response, whatever the method declares (RFC 6750, section 2.3). */
export function answerPrivately({ res }: HttpRequest): void {
  beforeSending(res, privateOnly);
}

const privateOnly: Adjustment = {
  adjust: (res) => {
    setHeader(res, 'Cache-Control', privately(membersOf(res, 'Cache-Control')));
  },
};

function privately(directives: readonly string[]): string {
  if (directives.some((directive) => /^(private|no-store)$/i.test(directive))) return directives.join(', ');
  return [
    'private',
    ...directives.filter((directive) => !/^(public|private|s-maxage)\b/i.test(directive)),
  ].join(', ');
}
