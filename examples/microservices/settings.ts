/** The name of the issuer in its tokens, and the services that they are for. */
export const issuer = 'https://login.example.com';
export const audience = 'https://shop.example.com';

/** A setting that the process cannot do without. */
export function setting(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set`);
  return value;
}
