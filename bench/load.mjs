// The client of protected.mjs, a process of its own: what it costs must not count against the server.
import autocannon from 'autocannon';

process.on('message', async ({ url, headers, expectBody, connections, amount, milliseconds }) => {
  // The clock runs from the first answer to the last one: connecting is not measured.
  const times = { first: undefined, last: undefined, answers: 0 };
  const run = autocannon({ url, headers, expectBody, connections, amount, sampleInt: 20 });
  run.on('response', () => {
    times.last = performance.now();
    times.first ??= times.last;
    times.answers++;
  });
  const timer = setTimeout(() => run.stop(), milliseconds);
  const { errors, non2xx, mismatches } = await run;
  clearTimeout(timer);
  const { first, last, answers } = times;
  process.send({
    rate: ((answers - 1) / (last - first)) * 1000,
    answers,
    faults: errors + non2xx + mismatches,
  });
});
