import { Body, Delete, Get, JsonController, Param, Post, type Action } from 'routing-controllers';
import { CurrentAction } from '../current-action';
import { nameByPrefix } from '../name-by-prefix';
import { InjectToken } from '../../controllers/decorators/inject-token';
import { JwtPublic, JwtRefreshRequired, JwtRequired } from '../../controllers/decorators/jwt-required';
import { describeOperations } from '../../controllers/routes/operation-descriptions';
import { TokenInvalidError, withReason } from '../../errors/errors';
import { isIdentity } from '../../claims/forms';
import { BodyField } from '../../http/locations/body-field';
import { clientDetails } from '../../http/request/client-details';
import { requestOf } from '../../http/request/request-of';
import type { JwtManager } from '../../manager/jwt-manager';
import { coreOf } from '../../manager/manager-base';
import type { TokenPair } from '../../sessions/token-pair';
import { Token } from '../../token/token';
import { LoginEndpoint } from './login';
import { logoutLocation } from './logout-location';
import { tokenOperations } from './operations';
import { describeSession, type SessionView } from './session-view';
import {
  defaultPrefix,
  resolveTokenController,
  type TokenControllerOptions,
} from './token-controller-options';

/**
 * Creates a controller with the endpoints that every application with logins has:
 *
 * - `POST /auth/login`: checks the credentials, starts a session, returns its tokens (RFC 6749, section 5.1).
 * - `POST /auth/refresh`: exchanges the refresh token in the field `refresh_token` for a new pair.
 * - `POST /auth/logout`: ends the session of the refresh token or, if there is none, of the access token.
 * - `GET /auth/sessions`: lists the user's sessions; `DELETE /auth/sessions/:id` ends one, `DELETE /auth/sessions` all
 *   others. The id of anything but a session of the user ends nothing, with the same response.
 *
 * A token of a trusted issuer is rejected by all of them: it belongs to no session.
 *
 * With `cookies`, tokens travel in cookies alone, and a response that only sets cookies is 204. Failed logins are
 * limited. The controller is a normal one: add it to `controllers`, of a server that has a checker; extend or decorate it.
 *
 * @throws {@link ConfigurationError} if an option is wrong
 * @example
 * ```ts
 * const AuthController = createTokenController(jwtManager, {
 *   credentials: LoginDto,
 *   authenticate: ({ username, password }) => users.verify(username, password), // the id of the user, or null
 * });
 * createKoaServer({ controllers: [AuthController], authorizationChecker: createAuthorizationChecker(jwtManager) });
 * ```
 */
// eslint-disable-next-line max-lines-per-function -- decorators need a class, and the class what it is created for
export function createTokenController<C extends object, T extends object>(
  manager: JwtManager<C>,
  options: TokenControllerOptions<C, T>,
): new () => object {
  const settings = resolveTokenController(manager, options);
  coreOf(manager).sessions('createTokenController');
  const endpoint = new LoginEndpoint(manager, settings);
  const { prefix, cookies, credentials } = settings;
  const anywhere = { manager: manager as JwtManager<object>, ...(cookies && { locations: [cookies] }) };

  // A user of another issuer may have the name of one of ours.
  const ownUser = ({ identity, issuer, sessionId }: Token<C>) => {
    if (!coreOf(manager).isOwn(issuer)) throw withReason(new TokenInvalidError(), 'iss');
    return { identity, sessionId };
  };
  const respond = (pair: TokenPair, action: Action): TokenPair | null => {
    if (!cookies) return pair;
    cookies.set(requestOf(action), pair);
    return null;
  };

  @JsonController(prefix)
  class TokenController {
    @Post('/login')
    @JwtPublic()
    async login(
      @Body({ type: credentials, validate: false }) body: unknown,
      @CurrentAction() action: Action,
    ): Promise<TokenPair | null> {
      return respond(await endpoint.run(body, action), action);
    }

    @Post('/refresh')
    @JwtRefreshRequired({ ...anywhere, locations: [cookies ?? new BodyField('refresh_token')] })
    async refresh(
      @InjectToken() token: Token<C>,
      @CurrentAction() action: Action,
      // eslint-disable-next-line @typescript-eslint/no-unused-vars -- Express parses the body only for a method that takes it
      @Body({ validate: false }) _body: unknown,
    ): Promise<TokenPair | null> {
      const session = clientDetails(requestOf(action));
      return respond(await manager.refresh(token, { session }), action);
    }

    @Post('/logout')
    @JwtRequired({ ...anywhere, type: 'any', locations: [logoutLocation(cookies)] })
    async logout(
      @InjectToken() token: Token<C>,
      // eslint-disable-next-line @typescript-eslint/no-unused-vars -- Express parses the body only for a method that takes it
      @Body({ validate: false }) _body: unknown,
    ): Promise<null> {
      if (token.sessionId === undefined) await manager.revoke(token);
      else await manager.revokeSession(token.sessionId);
      return null;
    }

    @Get('/sessions')
    @JwtRequired(anywhere)
    async listSessions(@InjectToken() token: Token<C>): Promise<SessionView[]> {
      const { identity, sessionId } = ownUser(token);
      const sessions = await manager.listSessions(identity, { limit: 1000 });
      return sessions.map((session) => describeSession(session, sessionId));
    }

    @Delete('/sessions')
    @JwtRequired(anywhere)
    async endOtherSessions(@InjectToken() token: Token<C>): Promise<null> {
      const { identity, sessionId } = ownUser(token);
      await manager.revokeAll(identity, { except: sessionId });
      return null;
    }

    @Delete('/sessions/:id')
    @JwtRequired(anywhere)
    async endSession(
      @Param('id') id: string,
      @InjectToken() token: Token<C>,
      @CurrentAction() action: Action,
    ): Promise<null> {
      const { identity, sessionId } = ownUser(token);
      if (isIdentity(id)) await manager.revokeSession(id, { identity });
      if (id === sessionId) cookies?.clear(requestOf(action));
      return null;
    }
  }
  nameByPrefix(TokenController, prefix, defaultPrefix);
  describeOperations(TokenController, tokenOperations(cookies !== undefined));
  return TokenController;
}
