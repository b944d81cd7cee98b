require('reflect-metadata');
const { JwtManager, KeySet, JwtError } = require('routing-controllers-jwt');

async function run() {
  const imported = await import('routing-controllers-jwt');
  if (imported.JwtManager !== JwtManager || imported.JwtError !== JwtError)
    throw new Error('two classes of one name');
  const jwtManager = new JwtManager({ keys: await KeySet.generate('ES256') });
  const token = await jwtManager.verify(await jwtManager.createAccessToken('ada'));
  if (token.identity !== 'ada') throw new Error('wrong identity');
  const error = await jwtManager.verify('x').catch((thrown) => thrown);
  if (!(error instanceof imported.JwtError)) throw new Error('wrong class of error');
  console.log('works');
}

void run();
