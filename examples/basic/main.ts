import { serve } from '../serve';

serve(
  () => import('./app.js'),
  (url) => `  curl ${url}/protected
  curl -H "Content-Type: application/json" -X POST \\
    -d '{"username":"test","password":"test"}' ${url}/login
  curl -H "Authorization: Bearer <ACCESS TOKEN>" ${url}/protected

or open ${url}/docs in a browser.
`,
);
