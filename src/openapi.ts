/**
 * Security schemes, requirements and errors for the OpenAPI document of an application.
 *
 * @module routing-controllers-jwt/openapi
 */

export { addSecurity } from './openapi/add-security';
export type { OpenApiDocument } from './openapi/document';
export { openApiStorage } from './openapi/open-api-storage';
