export { addSecurity } from './openapi/add-security';
export type { OpenApiDocument } from './openapi/document';
export { openApiStorage } from './openapi/open-api-storage';
