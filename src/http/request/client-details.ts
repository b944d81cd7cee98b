import type { SessionDetails } from '../../sessions/session-details';
import type { HttpRequest } from './http-request';

/** What is known of the client of a request. */
export function clientDetails({ ip, headers }: HttpRequest): SessionDetails {
  return { ip, userAgent: headers['user-agent'] || undefined };
}
