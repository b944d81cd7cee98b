import { cpus } from 'node:os';

export const isQuick = process.argv.includes('--quick');

/** The middle of several measurements. */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Prints rows of equal length, the first one being the head, with the machine that they were measured on. */
export function printTable(title, rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  console.log(`${title}\n${machine()}\n`);
  for (const row of rows) console.log(row.map((cell, column) => align(cell, column, widths)).join('  '));
  console.log('');
}

function align(cell, column, widths) {
  return column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]);
}

function machine() {
  const all = cpus();
  return `Node ${process.versions.node}, ${process.platform} ${process.arch}, ${all.length} CPUs (${all[0].model.trim()})`;
}

/** A ratio, and between which ratios the middle half of the rounds lay. */
export function ratioCells(ratios) {
  const sorted = [...ratios].sort((a, b) => a - b);
  const quarter = sorted.length >> 2;
  const [low, high] = [sorted[quarter], sorted[sorted.length - 1 - quarter]];
  return [median(ratios).toFixed(2), `${low.toFixed(2)} to ${high.toFixed(2)}`];
}

/** A rate with thousands apart. */
export function perSecond(rate) {
  return Math.round(rate).toLocaleString('en-US');
}
