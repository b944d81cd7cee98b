/** Returns the object that it is given, so that a subclass adds its private field to that object. */
class Given {
  constructor(object: object) {
    return object;
  }
}

/** Values that are kept with objects of others, such as a request. No one else can see or change them. */
export interface Notes<T> {
  get(object: object): T | undefined;
  set(object: object, value: T): void;
}

/**
 * Creates what a WeakMap is, for objects that live only as long as a request. A private field costs a tenth of an entry in a
 * WeakMap, most of which the garbage collector pays later.
 */
export function createNotes<T>(): Notes<T> {
  return class Note extends Given {
    #value: T;

    private constructor(object: object, value: T) {
      super(object);
      this.#value = value;
    }

    static get(object: object): T | undefined {
      return #value in object ? object.#value : undefined;
    }

    static set(object: object, value: T): void {
      if (#value in object) object.#value = value;
      else new Note(object, value);
    }
  };
}
