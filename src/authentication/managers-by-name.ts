import { ConfigurationError } from '../errors/errors';
import type { JwtManager } from '../manager/jwt-manager';
import type { ResolvedRequirement } from './requirement';

/** @throws {@link ConfigurationError} when there is none of that name */
export function managerNamed(
  name: string,
  managers: ReadonlyMap<string, JwtManager<object>>,
): JwtManager<object> {
  const found = managers.get(name);
  if (!found) throw new ConfigurationError(`no manager is called '${name}'`);
  return found;
}

/**
 * The manager that a requirement names.
 *
 * @throws {@link ConfigurationError} when there is no such manager
 */
export function managerOf(
  { manager = 'default' }: ResolvedRequirement,
  managers: ReadonlyMap<string, JwtManager<object>>,
): JwtManager<object> {
  return typeof manager === 'string' ? managerNamed(manager, managers) : manager;
}
