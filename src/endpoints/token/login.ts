import { HttpError, type Action } from 'routing-controllers';
import { markAndReport } from '../report';
import { withReason, HookFailedError } from '../../errors/errors';
import { BadCredentialsError } from '../../errors/login-errors';
import { guardFor } from '../../http/answer/guard-response';
import type { TokenLocation } from '../../http/locations/token-location';
import { clientDetails } from '../../http/request/client-details';
import type { FrameworkRequest, HttpRequest } from '../../http/request/http-request';
import { requestOf } from '../../http/request/request-of';
import type { IssueOptions } from '../../manager/issue-options';
import type { JwtManager } from '../../manager/jwt-manager';
import { coreOf } from '../../manager/manager-base';
import type { TokenPair } from '../../sessions/token-pair';
import { ignore, isPromiseLike } from '../../util/promises';
import { unixSeconds } from '../../util/clock';
import { isPlainObject } from '../../util/json';
import { within } from '../../util/within';
import { warnOfUntrustedProxy } from './proxy-warning';
import { readCredentials } from './read-credentials';
import { Throttle, type Attempt } from './throttle';
import type { ThrottleSettings } from './throttle-options';
import type { TokenControllerSettings } from './token-controller-options';

/** A login carries no token. */
const nowhere: readonly TokenLocation[] = [];

interface Verified extends IssueOptions<object> {
  readonly identity: string;
}

/** The login of a token controller. */
export class LoginEndpoint {
  readonly #manager: JwtManager<object>;
  readonly #settings: TokenControllerSettings;
  readonly #throttle: Throttle | undefined;

  constructor(manager: JwtManager<object>, settings: TokenControllerSettings) {
    this.#manager = manager;
    this.#settings = settings;
    const { storeTimeout } = coreOf(manager).settings;
    this.#throttle = settings.throttle && new Throttle(settings.throttle, storeTimeout * 1000);
  }

  /** @returns the tokens, which are not yet in the response */
  async run(body: unknown, action: Action): Promise<TokenPair> {
    const request = requestOf(action);
    guardFor(nowhere, true).guard(request);
    try {
      this.#settings.cookies?.check(request);
      const credentials = await readCredentials(this.#settings.credentials, body);
      const attempt = await this.#attempt(credentials, request);
      const began = this.#now();
      const verified = await this.#verify(credentials, action, attempt);
      return await this.#issue(verified, request, began);
    } catch (error) {
      throw markAndReport(error, request, this.#manager);
    }
  }

  async #attempt(credentials: object, request: FrameworkRequest): Promise<Attempt | undefined> {
    const { throttle } = this.#settings;
    if (!throttle) return undefined;
    warnOfUntrustedProxy(request);
    return this.#throttle?.begin(accountOf(throttle, credentials), request.ip);
  }

  async #verify(credentials: object, action: Action, attempt: Attempt | undefined): Promise<Verified> {
    let verified: Verified | undefined;
    try {
      const milliseconds = coreOf(this.#manager).limits.hookTimeout * 1000;
      verified = verifiedOf(await within(milliseconds, this.#settings.authenticate(credentials, action)));
    } catch (cause) {
      const error =
        cause instanceof HttpError ? cause : withReason(new HookFailedError(), 'authenticate', cause);
      // An error of the server says nothing about the credentials.
      if (error.httpCode >= 500) await attempt?.withdraw();
      throw error;
    }
    if (!verified) throw withReason(new BadCredentialsError(), 'credentials');
    await attempt?.succeed();
    return verified;
  }

  #issue({ identity, ...given }: Verified, request: HttpRequest, began: number): Promise<TokenPair> {
    // Without a prototype, which may be polluted.
    const options: IssueOptions<object> = Object.assign(Object.create(null) as object, given);
    const session = { ...clientDetails(request), ...options.session };
    // In whole seconds: a logout everywhere in the second of the login may have come before it.
    const isLong = began < this.#now();
    const isOpen = options.fresh === undefined && options.authenticatedAt === undefined;
    const authenticatedAt = isLong && isOpen ? { authenticatedAt: new Date((began + 1) * 1000) } : {};
    return this.#manager.createTokenPair(identity, { ...options, ...authenticatedAt, session });
  }

  #now(): number {
    return unixSeconds(coreOf(this.#manager).settings.clock);
  }
}

/** @throws HookFailedError when there is none: all logins would share one limit */
function accountOf({ accountOf: read }: ThrottleSettings, credentials: object): string {
  let account: unknown;
  try {
    account = read(credentials);
  } catch (cause) {
    throw withReason(new HookFailedError(), 'accountOf', cause);
  }
  if (typeof account === 'string' || typeof account === 'number') return String(account);
  if (isPromiseLike(account)) ignore(account);
  throw withReason(new HookFailedError(), 'accountOf returned no string');
}

/** @returns undefined when there is no user. @throws HookFailedError when it is neither */
function verifiedOf(result: unknown): Verified | undefined {
  if (result === null || result === undefined) return undefined;
  if (typeof result === 'string') return { identity: result };
  const isOwn = isPlainObject(result) && Object.hasOwn(result, 'identity');
  if (isOwn && typeof result['identity'] === 'string') return result as unknown as Verified;
  throw withReason(new HookFailedError(), 'authenticate returned neither an identity nor null');
}
