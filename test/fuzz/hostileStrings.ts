/** Texts that trip up whoever takes them for words: empty, endless, broken, foreign, or of a program's own words. */
export const hostileStrings: readonly string[] = [
  '', ' ', '\n', '\0', '\ufeff', '\ud800', '\udc00x', '[MASK]', '[CLS] [SEP] [PAD] [UNK]', '<s></s>', '‮cow', 'z̷̢̧a̶l̴g̸o'.repeat(50),
  '👩‍👩‍👧‍👦'.repeat(30), '牛が月を飛び越えた', 'שלום', 'a'.repeat(20_000), 'cow '.repeat(3_000), '##ing', '__proto__', 'constructor', 'NaN', '-1', '1e309', '../../etc/passwd',
  '<img src=x onerror=alert(1)>', '"', "'", ',', '\t', '{"label":', '%s%n', '\u2028', '(((((((((', '\\', '.*+?^${}()|[]',
];
