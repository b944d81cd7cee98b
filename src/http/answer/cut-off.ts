import type { ServerResponse } from 'node:http';

/**
 * Closes a response that is under way and that nobody will end, so that the client knows that it is not whole. One that
 * has been ended, such as that of a timeout, arrives.
 */
export function cutOff(res: ServerResponse): void {
  if (!res.writableEnded) res.destroy();
}
