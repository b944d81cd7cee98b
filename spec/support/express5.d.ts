/** Express 5 under the name by which it is installed next to Express 4. Its types are those of the same package. */
declare module 'express5' {
  export { default } from 'express';
}
