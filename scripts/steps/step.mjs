/**
 * Does one step and says what it does and how long it took.
 * @param {string} title what is done, for people
 * @param {() => Promise<string | void>} work may return a remark to print behind the time
 */
export async function step(title, work) {
  const started = performance.now();
  console.log(`▸ ${title}`);
  const remark = await work();
  console.log(`  ${seconds(performance.now() - started)}${remark ? `, ${remark}` : ''}`);
}

/** `milliseconds` as people say it: `0.4 s`, `2 min 05 s`. */
export function seconds(milliseconds) {
  const whole = Math.round(milliseconds / 1000);
  if (whole < 100) return `${(milliseconds / 1000).toFixed(1)} s`;
  return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`;
}
