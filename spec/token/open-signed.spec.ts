import { expect } from 'chai';
import { TokenInvalidError } from '../../src';
import { reasonFor } from '../../src/errors/errors';
import { HeaderReader } from '../../src/token/header';
import { invalidToken, openSigned } from '../../src/token/open-signed';
import { refusalOf } from '../support/rejected';
import { keysFor, targetFor } from '../support/target';

describe('a signed text', () => {
  const target = targetFor('ES256');
  const keys = keysFor('ES256');
  const find = (kid: string | undefined) => keys.find(kid);

  const forged = (changes: object) => target.sign(target.header(changes), 'x').replace(/[^.]*$/, 'AAAA');

  it('is opened as far as its signature, claims of any kind still encoded', () => {
    const text = target.sign(target.header({ typ: 'x' }), 'no JSON');
    const { header, claims } = openSigned(text, new HeaderReader(find, (typ) => typ));
    expect(header).to.deep.include({ type: 'x', key: keys.signer() });
    expect(Buffer.from(claims, 'base64url').toString()).to.equal('no JSON');
  });

  it('is refused for the first thing that is wrong', async () => {
    const cases: [unknown, string][] = [
      [undefined, 'format'],
      [target.sign(target.header({ kid: 'x' }), ''), 'format'],
      [forged({ kid: 'x', typ: 'x' }), 'kid'],
      [forged({ typ: 'x' }), 'typ'],
      [forged({}), 'signature'],
    ];
    const headers = new HeaderReader(find, (typ) => (typ === 'at+jwt' ? typ : undefined));
    for (const [text, reason] of cases) {
      const attempt = () => openSigned(text, headers);
      expect(reasonFor(await refusalOf(attempt, TokenInvalidError)).reason).to.equal(reason);
    }
  });

  it('is refused with what was thrown underneath, for operators only', () => {
    const cause = new Error('underneath');
    const error = invalidToken('claims', cause);
    expect(reasonFor(error)).to.deep.equal({ reason: 'claims', cause });
    expect(JSON.stringify(error)).not.to.include('underneath');
  });
});
