/** True in `npm run test:full`, where each spec takes its long form; `npm test` runs the short ones. */
export const isFull = process.env['SPECS'] === 'full';
