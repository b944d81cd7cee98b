// verify() and createAccessToken() of a JwtManager next to bare jsonwebtoken and fast-jwt, in one process, round by round.
import { randomBytes } from 'node:crypto';
import { createPrivateKey, createPublicKey, createSecretKey, generateKeyPairSync } from 'node:crypto';
import jsonwebtoken from 'jsonwebtoken';
import { isQuick, median, perSecond, printTable, ratioCells } from './report.mjs';
import { JwtManager, KeySet } from '../dist/src/index.js';

const fastJwt = await import('fast-jwt').catch(() => undefined);

const rounds = isQuick ? 15 : 61;
const roundMilliseconds = isQuick ? 10 : 15;
const texts = 100;

const secret = randomBytes(32);
const ec = pems('ec', { namedCurve: 'P-256' });
const rsa = pems('rsa', { modulusLength: 2048 });
const contestants = [
  {
    algorithm: 'HS256',
    keys: KeySet.fromSecret(secret),
    signingKey: createSecretKey(secret),
    verifyingKey: createSecretKey(secret),
    publicText: secret,
  },
  keyPair('ES256', ec),
  keyPair('RS256', rsa),
];

const rows = [['', 'JwtManager/s', 'other/s', 'ratio', 'middle half']];
for (const contestant of contestants) {
  for (const [name, work] of Object.entries(await measuresOf(contestant))) {
    rows.push(await compare(`${contestant.algorithm} ${name}`, work));
  }
}
printTable('JwtManager next to jsonwebtoken with the same prepared key, and fast-jwt with its cache', rows);

/** The same work done by the library and by hand. */
async function measuresOf({ algorithm, keys, signingKey, verifyingKey, publicText }) {
  const [jwtManager, withoutCache] = [new JwtManager({ keys }), new JwtManager({ keys, cache: false })];
  const issued = await Promise.all(Array.from({ length: texts }, () => jwtManager.createAccessToken('ada')));
  const verifyOptions = { algorithms: [algorithm] };
  const signOptions = { algorithm, keyid: keys.kids[0], expiresIn: 900, notBefore: 0 };
  const next = Array.from({ length: 4 }, () => inTurn(issued));
  const verifyFast = fastJwt?.createVerifier({ key: publicText, algorithms: [algorithm], cache: true });
  return {
    'verify without cache': {
      ours: () => withoutCache.verify(next[0]()),
      bare: () => jsonwebtoken.verify(next[1](), verifyingKey, verifyOptions),
    },
    ...(verifyFast && {
      'verify, both cached': {
        ours: () => jwtManager.verify(next[2]()),
        bare: () => verifyFast(next[3]()),
      },
    }),
    issue: {
      ours: () => jwtManager.createAccessToken('ada'),
      bare: () =>
        jsonwebtoken.sign(
          { sub: 'ada', jti: randomBytes(16).toString('base64url') },
          signingKey,
          signOptions,
        ),
    },
  };
}

function inTurn(list) {
  let turn = 0;
  return () => list[turn++ % list.length];
}

/** Both sides take turns, so that what else the machine does hits both; each round gives one ratio. */
async function compare(name, { ours, bare }) {
  const calls = await callsIn(roundMilliseconds, bare);
  const rates = { ours: [], bare: [] };
  await rate(calls, ours);
  for (let round = 0; round < rounds; round++) {
    const isOursFirst = round % 2 === 0;
    if (isOursFirst) rates.ours.push(await rate(calls, ours));
    rates.bare.push(await rate(calls, bare));
    if (!isOursFirst) rates.ours.push(await rate(calls, ours));
  }
  const ratios = rates.ours.map((value, round) => value / rates.bare[round]);
  return [name, perSecond(median(rates.ours)), perSecond(median(rates.bare)), ...ratioCells(ratios)];
}

/** Calls in a row, for each second of processor time; both sides are awaited, as a server would. */
async function rate(calls, work) {
  const start = process.cpuUsage();
  for (let call = 0; call < calls; call++) await work();
  const { user, system } = process.cpuUsage(start);
  return (calls / (user + system)) * 1e6;
}

async function callsIn(milliseconds, work) {
  await rate(500, work);
  return Math.ceil(((await rate(500, work)) * milliseconds) / 1000);
}

function keyPair(algorithm, { privateKey, publicKey }) {
  return {
    algorithm,
    keys: KeySet.fromPem(privateKey, { algorithm }),
    signingKey: createPrivateKey(privateKey),
    verifyingKey: createPublicKey(publicKey),
    publicText: publicKey,
  };
}

function pems(type, options) {
  return generateKeyPairSync(type, {
    ...options,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
}
