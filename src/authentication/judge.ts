import { clientDetails } from '../http/request/client-details';
import type { Attempt, Step } from './attempt';
import { userOf, type LoadUser } from './current-user';
import type { Presented } from './demands/demand';
import { meetDemands } from './demands/meet-demands';
import type { ResolvedRequirement } from './requirement';

/** The steps that a requirement needs, in their order: what costs nothing comes before the store, its code after it. */
export function stepsFor(requirement: ResolvedRequirement, loadUser: LoadUser | undefined): readonly Step[] {
  const { demands, skipRevocationCheck, type } = requirement;
  const steps: readonly [isNeeded: boolean, step: Step][] = [
    [demands.first.length > 0, meetFirst],
    [!skipRevocationCheck, demandAlive],
    [loadUser !== undefined, demandUser],
    [demands.last.length > 0, meetLast],
    [type === 'ticket', useTicket],
  ];
  return steps.filter(([isNeeded]) => isNeeded).map(([, step]) => step);
}

/** Holds a verified token against everything that is required of it. */
export function judge(attempt: Attempt, from = 0): void | Promise<void> {
  const { steps } = attempt.gate;
  for (let index = from; index < steps.length; index++) {
    const pending = (steps[index] as Step)(attempt);
    if (pending)
      return pending.then(() => {
        attempt.now = undefined;
        return judge(attempt, index + 1);
      });
  }
}

const meetFirst: Step = (attempt) => {
  const { first, all } = attempt.gate.requirement.demands;
  return meetDemands(first, attempt as Presented, all);
};

const demandAlive: Step = (attempt) => {
  const { gate, token, request, now } = attempt;
  if (attempt.isAlive) return undefined;
  // It is noted for those that let the request in, and only then.
  attempt.isAlive = true;
  return gate.core.demandAlive(token as Presented['token'], request, clientDetails, now);
};

const demandUser: Step = (attempt) => {
  const { gate, manager, token, before, action } = attempt;
  const loadUser = gate.loadUser as LoadUser;
  attempt.loadedBy = loadUser;
  if (before?.loadedBy === loadUser) {
    attempt.user = before.user;
    return undefined;
  }
  return userOf(loadUser, token as Presented['token'], manager, action).then((user) => {
    attempt.user = user;
  });
};

const meetLast: Step = (attempt) => {
  const { last, all } = attempt.gate.requirement.demands;
  return meetDemands(last, attempt as Presented, all);
};

/** Middleware that let the request in has used the ticket already. */
const useTicket: Step = ({ gate, before, token }) =>
  before?.isAlive ? undefined : gate.core.tickets.use(token as Presented['token']);
