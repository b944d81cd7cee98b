import { JwtManager, KeySet } from '../../src';

// Prints a token that is signed with the keys of a file.
const [, , file = ''] = process.argv;
const manager = new JwtManager({ keys: KeySet.fromFile(file), issuer: 'another', store: false });
void manager.createAccessToken('ada').then((token) => {
  process.stdout.write(token);
});
