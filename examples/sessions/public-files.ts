import { join } from 'node:path';
import { staticFiles } from '../static-files';

/** Compiled, this file is in `dist/examples/sessions`; tsc leaves the page where it is. */
const examples = join(__dirname, '../../../examples');
const folder = join(examples, 'sessions/public');

/** Serves the page and what belongs to it. */
export const publicFiles = staticFiles({
  '/': join(folder, 'index.html'),
  '/app.js': join(folder, 'app.js'),
  '/api.js': join(folder, 'api.js'),
  '/style.css': join(folder, 'style.css'),
  '/icon.svg': join(folder, 'icon.svg'),
  '/device.mjs': join(examples, 'device.mjs'),
  '/client.mjs': require.resolve('routing-controllers-jwt/client'),
});
