/** A class and its base classes, nearest first. */
export function* lineage(target: unknown): Generator<Function> {
  for (
    let link = target;
    typeof link === 'function' && link !== Function.prototype;
    link = Object.getPrototypeOf(link)
  ) {
    yield link;
  }
}

/** What a method is called in an error. */
export function routeName({ name }: Function, method?: string | symbol): string {
  return method === undefined ? name : `${name}.${String(method)}`;
}
