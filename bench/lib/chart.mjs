// A bar chart as SVG.

/**
 * @param title what is shown
 * @param bars `{ label, value, isOurs }` each, values from 0 to 1
 */
export function barChart(title, bars) {
  const [row, left, width] = [26, 500, 360];
  const height = 52 + bars.length * row;
  const lines = bars.flatMap(({ label, value, isOurs }, index) => {
    const y = 44 + index * row;
    const length = Math.max(1, Math.min(1, value) * width);
    return [
      `<text x="${left - 10}" y="${y + 14}" text-anchor="end">${escaped(label)}</text>`,
      `<rect x="${left}" y="${y}" width="${length.toFixed(0)}" height="18" fill="${isOurs ? '#2563eb' : '#94a3b8'}"/>`,
      `<text x="${(left + length + 8).toFixed(0)}" y="${y + 14}">${value.toFixed(2)}</text>`,
    ];
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="920" height="${height}" font-family="sans-serif" font-size="13" role="img">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="920" height="${height}" fill="#fff"/>`,
    `<text x="12" y="24" font-size="15" font-weight="bold">${escaped(title)}</text>`,
    ...lines,
    '</svg>',
    '',
  ].join('\n');
}

function escaped(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
