import { ConfigurationError } from '../../errors/errors';
import { express } from './express';
import type { ActionSource, Framework, FrameworkRequest, RequestSource } from './http-request';
import { koa } from './koa';
import { node } from './node';
import { createNotes, type Notes } from '../../util/notes';

/** The first one that recognizes a source adapts it. A new framework is one file and one line here. */
const frameworks: readonly Framework[] = [koa, express, node];

/**
 * By the framework's own object. That of Express is also that of Node.js, for which a request may have been known before
 * Express has seen it.
 */
const requestsBy = frameworks.map((framework) => ({ framework, known: createNotes<FrameworkRequest>() }));

/**
 * The request to which a source leads. A source that leads to the same object of the framework leads to the same request.
 *
 * @throws {@link ConfigurationError} when it leads to none
 */
export function requestOf(source: RequestSource | ActionSource): FrameworkRequest {
  for (const { framework, known } of isObject(source) ? requestsBy : []) {
    const found = framework.find(source as Readonly<Record<string, unknown>>);
    if (found) return known.get(found) ?? adapted(found, framework, known);
  }
  throw new ConfigurationError(
    "there is no request: pass Koa's context, or the request or response of Express",
  );
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function adapted(found: object, framework: Framework, known: Notes<FrameworkRequest>): FrameworkRequest {
  const request = framework.adapt(found);
  known.set(found, request);
  return request;
}
