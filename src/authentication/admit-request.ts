import type { Action } from 'routing-controllers';
import { guardFor } from '../http/answer/guard-response';
import type { FrameworkRequest } from '../http/request/http-request';
import { admissionOf, recordToken } from './admission';
import { Attempt, type Gate } from './attempt';
import { authenticate, reject, type Rejected } from './authenticate';
import type { Authenticator } from './authenticator';
import { gateFor } from './gate';
import { managerNamed } from './managers-by-name';
import { warnOfMemoryStore } from './memory-store-warning';
import type { ResolvedRequirement } from './requirement';

/**
 * Lets a request in that meets a requirement: at once, unless there is something to wait for.
 *
 * @throws JwtError the error to respond with, which operators have been told of
 */
export function admitRequest(
  request: FrameworkRequest,
  requirement: ResolvedRequirement,
  authenticator: Authenticator,
  action: Action,
): void | Promise<void> {
  const gate = authenticator.gates.get(requirement) ?? createGate(request, requirement, authenticator);
  const attempt = new Attempt(request, gate, action, admissionOf(request));
  try {
    gate.guard.guard(request);
    const pending = authenticate(attempt);
    if (!pending) {
      recordToken(request, attempt);
      return undefined;
    }
    return pending.then(
      () => {
        recordToken(request, attempt);
      },
      (error: unknown) => {
        throw reject(error, attempt, authenticator);
      },
    );
  } catch (error) {
    throw reject(error, attempt, authenticator);
  }
}

function createGate(
  request: FrameworkRequest,
  requirement: ResolvedRequirement,
  authenticator: Authenticator,
): Gate {
  try {
    const gate = gateFor(requirement, authenticator);
    authenticator.gates.set(requirement, gate);
    warnOfMemoryStore(gate.manager, request);
    return gate;
  } catch (error) {
    guardFor(requirement.locations ?? authenticator.locations, requirement.type === 'refresh').guard(request);
    throw reject(error, unidentified(request, authenticator), authenticator);
  }
}

/** A request of which no more is known. */
export function unidentified(request: FrameworkRequest, { managers }: Authenticator): Rejected {
  return { request, manager: managerNamed('default', managers) };
}
