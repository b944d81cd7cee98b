import { serve } from '../serve';

const json = '-H "Content-Type: application/json"';

serve(
  async () => (await import('./app.js')).load(),
  (url) => `  curl ${json} -d '{"username":"test","password":"test","device":"laptop"}' ${url}/login
  curl ${json} -d '{"refresh_token":"<REFRESH TOKEN>"}' ${url}/refresh
  curl -H "Authorization: Bearer <ACCESS TOKEN>" ${url}/sessions
  curl -H "Authorization: Bearer <ACCESS TOKEN>" -X DELETE ${url}/sessions/<ID>
  curl -H "Authorization: Bearer <ACCESS TOKEN>" -X DELETE ${url}/sessions
  curl -H "Authorization: Bearer <ACCESS TOKEN>" -X POST ${url}/logout
`,
);
