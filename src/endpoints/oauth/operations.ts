import type { OperationDescriptions } from '../../controllers/routes/operation-descriptions';

const text = { type: 'string' };

const form = {
  type: 'object',
  required: ['token'],
  properties: {
    token: text,
    token_type_hint: text,
    client_id: { type: 'string', description: 'With `client_secret`, in place of Basic.' },
    client_secret: text,
  },
};

const failure = { type: 'object', required: ['error'], properties: { error: text } };

const introspection = {
  type: 'object',
  required: ['active'],
  properties: {
    active: { type: 'boolean' },
    sub: text,
    scope: text,
    client_id: text,
    exp: { type: 'integer' },
  },
  additionalProperties: true,
};

/** What OpenAPI documents say about the methods of a controller of OAuth. */
export const oauthOperations: OperationDescriptions = {
  introspect: operation('Whether the token is active, and what it contains (RFC 7662).', introspection),
  revoke: operation('The token is of no use any more (RFC 7009).', { type: 'object' }),
};

function operation(description: string, schema: object) {
  return {
    requestBody: {
      description: 'The token.',
      required: true,
      content: { 'application/x-www-form-urlencoded': { schema: form } },
    },
    responses: {
      '200': { description, content: json(schema) },
      '400': { description: 'The request is not valid.', content: json(failure) },
      '401': { description: 'The client did not authenticate itself.', content: json(failure) },
    },
    clients: {
      name: 'client',
      scheme: { type: 'http', scheme: 'basic', description: 'The id and the secret of the client.' },
    },
  };
}

function json(schema: object) {
  return { 'application/json': { schema } };
}
