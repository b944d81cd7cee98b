import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { expect } from 'chai';
import { createNotes } from '../../src/util/notes';
import { withPolluted } from '../support/polluted';

describe('Notes on objects of others', () => {
  const objects: Readonly<Record<string, () => object>> = {
    'an object': () => ({}),
    'a frozen object': () => Object.freeze({}),
    'a request': () => new IncomingMessage(new Socket()),
    'a request without raw headers': () =>
      Object.assign(new IncomingMessage(new Socket()), { rawHeaders: undefined }),
    'a request with something else for raw headers': () =>
      Object.assign(new IncomingMessage(new Socket()), { rawHeaders: {} }),
  };

  for (const [name, create] of Object.entries(objects)) {
    it(`are found on ${name}, the last one of each kind`, () => {
      const [one, other] = [createNotes<string>(), createNotes<string>()];
      const object = create();
      expect(one.get(object)).to.equal(undefined);
      one.set(object, 'first');
      one.set(object, 'second');
      expect([one.get(object), other.get(object), one.get(create())]).to.deep.equal([
        'second',
        undefined,
        undefined,
      ]);
    });
  }

  it('are never those of another request, where an adapter gives all of them the same raw headers', () => {
    const notes = createNotes<string>();
    const rawHeaders: string[] = [];
    const [ada, bob] = [1, 2].map(() => Object.assign(new IncomingMessage(new Socket()), { rawHeaders })) as [
      object,
      object,
    ];
    notes.set(ada, 'ada');
    expect(notes.get(bob)).to.equal(undefined);
    notes.set(bob, 'bob');
    expect([notes.get(ada), notes.get(bob)]).to.deep.equal([undefined, 'bob']);
  });

  it('stay with their objects where a polluted prototype gives all of them the same raw headers', () => {
    const notes = createNotes<string>();
    const [ada, bob] = [1, 2].map(() => new ServerResponse(new IncomingMessage(new Socket()))) as [
      object,
      object,
    ];
    withPolluted({ rawHeaders: [] }, () => {
      notes.set(ada, 'ada');
      notes.set(bob, 'bob');
      expect([notes.get(ada), notes.get(bob)]).to.deep.equal(['ada', 'bob']);
    });
    expect([notes.get(ada), notes.get(bob)]).to.deep.equal(['ada', 'bob']);
  });

  it('cannot be seen', () => {
    const notes = createNotes<string>();
    const request = new IncomingMessage(new Socket());
    notes.set(request, 'secret');
    for (const place of [request, request.rawHeaders])
      expect(Reflect.ownKeys(place)).not.to.include('secret');
    expect(Reflect.ownKeys(request.rawHeaders)).to.deep.equal(['length']);
  });
});
