import { Given } from '../errors/notes';

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
    #owner: object;
    #value: T;

    private constructor(place: object, owner: object, value: T) {
      super(place);
      this.#owner = owner;
      this.#value = value;
    }

    static get(object: object): T | undefined {
      const place = placeOf(object);
      return #owner in place && place.#owner === object ? place.#value : undefined;
    }

    static set(object: object, value: T): void {
      const place = placeOf(object);
      if (#owner in place) [place.#owner, place.#value] = [object, value];
      else new Note(place, object, value);
    }
  };
}

/** Has what a polluted prototype gives to every object. */
const plain: { readonly rawHeaders?: unknown } = {};

/**
 * Where the note on an object is. Express replaces the prototype of each request, after which V8 makes a hidden class for each
 * property that is added: fifty times the cost. The list of its headers is as much the request's own, or if an adapter shares one
 * among requests, the owner of the note tells them apart.
 */
function placeOf(object: { readonly rawHeaders?: unknown }): object {
  const { rawHeaders } = object;
  return Array.isArray(rawHeaders) && rawHeaders !== plain.rawHeaders ? rawHeaders : object;
}
