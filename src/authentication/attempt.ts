import type { Action } from 'routing-controllers';
import type { ResponseGuard } from '../http/answer/guard-response';
import type { BearerHeader } from '../http/locations/bearer-header';
import type { TokenLocation } from '../http/locations/token-location';
import type { FrameworkRequest } from '../http/request/http-request';
import type { JwtManager } from '../manager/jwt-manager';
import type { ManagerCore } from '../manager/manager-core';
import type { Token } from '../token/token';
import type { Admission } from './admission';
import type { LoadUser } from './current-user';
import type { DemandLimits } from './demands/demand';
import type { ResolvedRequirement } from './requirement';

/** One part of judging a verified token: it returns at once, unless there is something to wait for. */
export type Step = (attempt: Attempt) => void | Promise<void>;

/** What a route requires under one checker, with all that is the same for each of its requests. */
export interface Gate {
  readonly requirement: ResolvedRequirement;
  readonly manager: JwtManager<object>;
  readonly core: ManagerCore<object>;
  readonly locations: readonly TokenLocation[];
  /** The only location, if a token is known by the whole of its header. */
  readonly header: BearerHeader | undefined;
  readonly guard: ResponseGuard;
  /** Whether cookies may refresh themselves here. */
  readonly canRefresh: boolean;
  readonly loadUser: LoadUser | undefined;
  /** What a verified token must pass, in this order. */
  readonly steps: readonly Step[];
}

/** A request while it is judged. Once it is let in, this is what it was let in with. */
export class Attempt implements Admission {
  readonly request: FrameworkRequest;
  readonly gate: Gate;
  readonly action: Action;
  /** What middleware has let the request in with. */
  readonly earlier: Admission | undefined;
  readonly manager: JwtManager<object>;
  readonly limits: DemandLimits;
  text: string | undefined;
  location: TokenLocation | undefined;
  /** The token that was verified last, for reports. */
  token: Token<object> | undefined;
  /** The one of the earlier admissions that has verified this very token. */
  before: Admission | undefined;
  isAlive: boolean;
  /** Unix seconds, until there is something to wait for. */
  now: number | undefined;
  user: unknown;
  loadedBy: LoadUser | undefined;

  constructor(request: FrameworkRequest, gate: Gate, action: Action, earlier?: Admission) {
    this.request = request;
    this.gate = gate;
    this.action = action;
    this.earlier = earlier;
    this.manager = gate.manager;
    this.limits = gate.core.limits;
    this.text = undefined;
    this.location = undefined;
    this.token = undefined;
    this.before = undefined;
    this.isAlive = false;
    this.now = undefined;
    this.user = undefined;
    this.loadedBy = undefined;
  }
}
