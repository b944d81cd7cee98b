import { serve } from '../serve';

const json = '-H "Content-Type: application/json"';

serve(
  async () => (await import('./app.js')).load(),
  (url) => `  ${url}/ in a browser: log in as test with the password test

or log in without one, and find it in the list of the page:

  curl ${json} -d '{"username":"test","password":"test","device":"laptop"}' ${url}/auth/login
  curl ${json} -d '{"refresh_token":"<REFRESH TOKEN>"}' ${url}/auth/refresh
  curl -H "Authorization: Bearer <ACCESS TOKEN>" ${url}/auth/sessions
  curl -H "Authorization: Bearer <ACCESS TOKEN>" -X DELETE ${url}/auth/sessions/<ID>
  curl -H "Authorization: Bearer <ACCESS TOKEN>" -X DELETE ${url}/auth/sessions
  curl -H "Authorization: Bearer <ACCESS TOKEN>" -X POST ${url}/auth/logout
`,
);
