/**
 * Gives a controller whose prefix is not the default one a name of its own: `AdminTokenController` for `/admin`. A process may
 * have several, and lists of routes and OpenAPI documents tell them apart by name.
 */
export function nameByPrefix(target: Function, prefix: string, usual: string): void {
  if (prefix === usual) return;
  const words = prefix.split(/[^A-Za-z0-9]+/).map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  Object.defineProperty(target, 'name', { value: words.join('') + target.name, configurable: true });
}
