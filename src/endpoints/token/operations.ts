import type { OperationDescriptions } from '../../controllers/routes/operation-descriptions';

const text = { type: 'string' };
const date = { type: 'string', format: 'date-time' };

const pair = {
  type: 'object',
  required: ['access_token', 'token_type', 'expires_in', 'refresh_token'],
  properties: {
    access_token: text,
    token_type: { type: 'string', enum: ['Bearer'] },
    expires_in: { type: 'integer', description: 'Seconds until the access token expires.' },
    refresh_token: text,
    scope: text,
  },
};

const session = {
  type: 'object',
  required: ['id', 'created_at', 'last_used_at', 'current'],
  properties: {
    ...{ id: text, label: text, user_agent: text, ip: text, created_at: date, last_used_at: date },
    current: { type: 'boolean', description: 'Whether the request came with a token of this session.' },
  },
};

const done = { '204': { description: 'Done.' } };

/** What OpenAPI documents say about the methods of a token controller. */
export function tokenOperations(inCookies: boolean): OperationDescriptions {
  const tokens = inCookies
    ? { '204': { description: 'The tokens are in cookies.' } }
    : { '200': { description: 'The tokens.', content: json(pair) } };
  return {
    login: {
      requestBody: { required: true },
      responses: { ...tokens, '400': { description: 'The body is not valid.' } },
      errors: {
        '401': 'The credentials are wrong.',
        ...(inCookies && { '403': 'The request comes from another site.' }),
        '429': 'There were too many attempts. `Retry-After` is the time to wait, in seconds.',
      },
    },
    refresh: { ...refreshTokenIn(!inCookies, true), responses: tokens },
    logout: { ...refreshTokenIn(!inCookies, false), responses: done },
    listSessions: {
      responses: {
        '200': { description: 'The sessions.', content: json({ type: 'array', items: session }) },
      },
    },
    endOtherSessions: { responses: done },
    endSession: { responses: done },
  };
}

/** @param inBody otherwise the body is of no importance */
function refreshTokenIn(inBody: boolean, required: boolean) {
  const properties = inBody ? { refresh_token: text } : {};
  const schema = { type: 'object', properties, ...(inBody && required && { required: ['refresh_token'] }) };
  return { requestBody: { description: '', required: inBody && required, content: json(schema) } };
}

function json(schema: object) {
  return { 'application/json': { schema } };
}
