import { serve } from '../serve';

serve(
  () => import('./app.js'),
  (url) => `  ${url}/ in a browser: log in as ada with the password engine,
  or as grace with the password compiler
`,
);
