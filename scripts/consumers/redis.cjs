require('reflect-metadata');
const { randomBytes, randomUUID } = require('node:crypto');
const { createClient } = require('redis');
const { JwtManager } = require('routing-controllers-jwt');
const { RedisTokenStore } = require('routing-controllers-jwt/redis');

async function run() {
  const client = createClient({ url: process.env.REDIS_URL });
  client.on('error', console.error);
  await client.connect();
  const store = new RedisTokenStore(client, { prefix: `consumer-${randomUUID()}` });
  const jwtManager = new JwtManager({ secret: randomBytes(32), store });
  const login = await jwtManager.createTokenPair('ada');
  const { access_token: token } = await jwtManager.refresh(login.refresh_token);
  if ((await jwtManager.listSessions('ada')).length !== 1) throw new Error('no session');
  await jwtManager.revokeAll('ada');
  const error = await jwtManager.verify(token).catch((thrown) => thrown);
  if (error.code !== 'ERR_JWT_REVOKED') throw error;
  await client.quit();
  console.log('works');
}

void run();
