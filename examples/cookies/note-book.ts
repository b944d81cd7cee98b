import { randomUUID } from 'node:crypto';

export interface Note {
  readonly id: string;
  readonly text: string;
  readonly written: Date;
}

/** Everybody's notes, in this process, in place of your own database. */
export class NoteBook {
  readonly #notes = new Map<string, readonly Note[]>();

  /** Newest first. */
  of(owner: string): readonly Note[] {
    return this.#notes.get(owner) ?? [];
  }

  add(owner: string, text: string): Note {
    const note = { id: randomUUID(), text, written: new Date() };
    this.#notes.set(owner, [note, ...this.of(owner)]);
    return note;
  }

  /** Whether there was such a note of this owner. */
  remove(owner: string, id: string): boolean {
    const left = this.of(owner).filter((note) => note.id !== id);
    const isGone = left.length < this.of(owner).length;
    this.#notes.set(owner, left);
    return isGone;
  }
}
