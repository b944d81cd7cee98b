import type { IncomingMessage, ServerResponse } from 'node:http';
import { requestOf } from '../../src/http/request/request-of';

type Handle = (request: IncomingMessage, response: ServerResponse) => void;

/** A middleware that works in Koa and in Express: the last argument continues. */
export function nodeMiddleware(handle: Handle): (...given: unknown[]) => unknown {
  return (...given) => {
    const { req, res } = requestOf(given[0] as IncomingMessage);
    handle(req, res);
    return (given.at(-1) as () => unknown)();
  };
}
