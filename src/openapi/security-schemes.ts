import type { ResolvedRequirement, RouteRule } from '../authentication/requirement';
import type { KnownChecker } from '../controllers/host/known-checkers';
import type { OperationDescription } from '../controllers/routes/operation-descriptions';
import type { LocationDescription } from '../http/locations/token-location';
import type { TokenType } from '../token/token';
import type { Part, SecurityAlternatives } from './document';

/** The security schemes that operations use, by name. They are collected while the operations are described. */
export class SecuritySchemes {
  readonly all: Record<string, Part> = {};
  readonly #checker: KnownChecker;
  readonly #hasScopes: boolean;

  /** @param version of OpenAPI; before 3.1, only OAuth schemes may name scopes */
  constructor(checker: KnownChecker, version: string) {
    this.#checker = checker;
    this.#hasScopes = !version.startsWith('3.0');
  }

  /**
   * The ways in which a request can be let in.
   *
   * @returns undefined if OpenAPI cannot describe any, such as a field of the body
   */
  alternativesFor({ resolved, declared }: ProtectedRule, method: string): SecurityAlternatives | undefined {
    const { type, locations = this.#checker.locations, manager = 'default', optional } = resolved;
    const name = typeof manager === 'string' ? manager : 'default';
    const scopes = this.#hasScopes ? scopeLists(declared) : [[]];
    const alternatives = typesOf(type).flatMap((each) =>
      locations.flatMap((location) => {
        const description = location.describe?.(each, method.toUpperCase());
        return description ? this.#alternatives(description, each, name, scopes) : [];
      }),
    );
    if (alternatives.length === 0) return undefined;
    return optional ? [...alternatives, {}] : alternatives;
  }

  /** What a public operation takes: nothing, unless clients authenticate themselves in another way than with a token. */
  forClients(clients: OperationDescription['clients']): SecurityAlternatives {
    return clients ? [{ [this.#add([clients.name], clients.scheme)]: [] }] : [];
  }

  #alternatives(
    description: LocationDescription,
    type: TokenType,
    manager: string,
    scopes: readonly (readonly string[])[],
  ): SecurityAlternatives {
    const name = this.#nameFor(description, type, manager);
    const csrfHeader = 'csrfHeader' in description ? description.csrfHeader : undefined;
    const csrf = csrfHeader === undefined ? {} : { [this.#csrf(csrfHeader)]: [] };
    return scopes.map((list) => ({ [name]: list, ...csrf }));
  }

  #nameFor(location: LocationDescription, type: TokenType, manager: string): string {
    const place = 'scheme' in location ? ['bearer'] : [location.in, location.name];
    const token = type === 'access' ? [] : [type];
    const owner = manager === 'default' ? [] : [manager];
    const description = `The ${type === 'ticket' ? type : `${type} token`}${owner.map((name) => ` of '${name}'`).join('')}.`;
    return this.#add(
      [...place, ...token, ...owner],
      'scheme' in location
        ? { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description }
        : { type: 'apiKey', in: location.in, name: location.name, description },
    );
  }

  #csrf(header: string): string {
    const description = 'The CSRF value of the login: the value of its CSRF cookie.';
    return this.#add(['csrf', header], { type: 'apiKey', in: 'header', name: header, description });
  }

  /** Names of components have no other characters (OpenAPI, "Components Object"). */
  #add(words: readonly string[], scheme: Part): string {
    const name = words.join('.').replace(/[^A-Za-z0-9._-]/g, '_');
    this.all[name] = scheme;
    return name;
  }
}

/** A rule that no request without a token meets. */
export interface ProtectedRule {
  readonly declared: NonNullable<RouteRule['declared']>;
  readonly resolved: ResolvedRequirement;
}

function typesOf(type: ResolvedRequirement['type']): readonly TokenType[] {
  return type === 'any' ? ['access', 'refresh'] : [type];
}

/** Each list is enough by itself. */
function scopeLists({ scopes }: ProtectedRule['declared']): readonly (readonly string[])[] {
  if (scopes === undefined || scopes === false) return [[]];
  if (typeof scopes === 'string') return [scopes.split(' ')];
  return 'any' in scopes ? scopes.any.map((scope) => [scope]) : [scopes];
}
