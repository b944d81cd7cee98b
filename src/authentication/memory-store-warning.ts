import type { FrameworkRequest } from '../http/request/http-request';
import type { JwtManager } from '../manager/jwt-manager';
import { coreOf } from '../manager/manager-base';

const warned = new WeakSet<JwtManager<object>>();

/**
 * Warns once of a manager that remembers its sessions in this process because no store was chosen. What is fine while
 * an application is written logs users out at each restart in production, and lets a second process know of no logout.
 */
export function warnOfMemoryStore(manager: JwtManager<object>, { environment }: FrameworkRequest): void {
  if (!coreOf(manager).settings.hasDefaultStore || environment !== 'production' || warned.has(manager))
    return;
  warned.add(manager);
  process.emitWarning(
    'A JwtManager remembers its sessions in the memory of this process. Pass a store that all processes share, ' +
      'store: new RedisTokenStore(client) or new TypeOrmTokenStore(dataSource), or confirm that one process is enough: ' +
      'store: new MemoryTokenStore().',
    { type: 'JwtMemoryStoreWarning' },
  );
}
