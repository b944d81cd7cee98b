/** Words of three letters and more that placeholders and the secrets of tutorials consist of. */
export const placeholderWords: readonly string[] = `
  access account check smoke admin after again algorithm all alpha amet and anything api apikey app application asdf
  auth authentication authorization awesome backend bar base baz before beta between bit bits blog boot
  byte bytes can cannot change changed changeit changeme changethis char character characters chars chat
  chave clave cle client code company complex confidential config configuration consectetur contrasea
  contrasena cookie course crypto current custom dashboard data database day deadbeef debug default demo
  dev develop developer development django docker docs does dolor dont dummy easy eight encode encoded
  encoding encrypt encryption enough enter entropy env environment ever every example express fake
  fallback fastapi feed field fill first fixme flask foo foobar for four from full geheim geheimer
  geheimes generate generated generating generation generator get give global goes going good graphql
  guess hack hacker hard has hash have hello here hex hidden hmac hope how hundred important insecure
  insert inside into ipsum issuer java javascript json jsonwebtoken just jws jwt jwttoken keep kept key
  keyboard keys keystore lab langer laravel larga largo last least length like live local localhost login
  long longer longest longue lorem love made make many master max maximum may min mine minimum minutes
  mongo more most motdepasse muito must muy mysecret name nest nestjs never new next nextauth nobody node
  nodejs not nothing now number nuxt oauth octet octets one only open our own page para pass passphrase
  passport passwd password per personal php phrase placeholder plain please portal prisma private prod
  production project provide provided public purpose purposes put python qwerty rails rand random randomly
  react real really refresh replace replaced required requires rest root ruby safe salt same sample
  schluessel secret secreta secretkey secretkeyfor secreto secrets secure secured securely securise
  security seed segura seguro sehr senha seriously server service session set settings sha share shared
  shh should sicher sign signature signed signing simple sit site sixty size some something somewhere
  special spring springboot staging store string strong stronger studio stuff subdomain subdomains
  sunshine super supersecret supersecretkey sure symmetric system teacher temp temporary test testing
  tests text than that the their them then these they thing thirty this those time todo token tokens too
  top tres tutorial two type ultra unique unknown update use used user users using value var variable
  verify very wachtwoord want web website webtoken what when which while will with without word words
  world would write xxx xyz yes you your yours yourself zero
`
  .trim()
  .split(/\s+/);

/** What fingers type in order: four characters of any of these, in either direction, are no secret. */
export const typedRuns: readonly string[] = [
  'abcdefghijklmnopqrstuvwxyz',
  '01234567890',
  'qwertyuiop[]',
  "asdfghjkl;'",
  'zxcvbnm,./',
  'qwertzuiop',
  'azertyuiop',
  '1q2w3e4r5t6y7u8i9o0p',
  '1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.0p;/',
  'qazwsxedcrfvtgbyhnujmikolp',
  '!@#$%^&*()_+',
  'abcabcabc',
  '123123123',
  // An online generator that is often recommended writes nothing but parts of this line.
  '@ncrfujxn2r5u8x/a?d(g+kbpeshvmyq3t6w9z$c&f)j@ncrfujxn2r5u8x/a?d(g-kapdsgvkyp3s6v9y$b&e)h@mcqftjwnzr4u7x!a%d*g-kapdrguk' +
    'xp2s5v8y/b?e(h+mbqethwmzq4t7w!z%c*f-jandrgukxp2s5v8y/b?e(g+kbpeshvmyq3t6w9z$c&e)h@mcqftjwnzr4t7w!z%c*f-j@ncrfujxn2r5u7' +
    'x!a%d*g-kapdsgvkyp3s6v9y/b?e(h+kbpeshvmyq3t6w9y$b&e)h+mbqethwmzq4t6w9z$c&f)h@mcqftjwnzr4u7x!a%d*f-jandrgukxn2r5u8x/a?d*',
];
