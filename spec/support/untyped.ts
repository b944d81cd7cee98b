/** Applies a decorator without the types, as a program in JavaScript or a compiler without checks does. */
export function apply(decorate: unknown, ...target: unknown[]): void {
  (decorate as (...target: unknown[]) => unknown)(...target);
}
