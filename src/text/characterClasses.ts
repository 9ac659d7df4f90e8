/** Unicode White_Space, which is what Rust's `char::is_whitespace` tests; JavaScript's `\s` differs in U+0085 and U+FEFF. */
export const whitespace = /\p{White_Space}/u;

/** ASCII punctuation and symbols, and all that Unicode calls punctuation: where BERT splits. */
export const punctuation = /[\p{P}!-/:-@[-`{-~]/u;

/** The CJK ideographs that BERT treats as words of their own. */
export const cjkIdeograph =
  /[\u4E00-\u9FFF\u3400-\u4DBF\u{20000}-\u{2A6DF}\u{2A700}-\u{2B73F}\u{2B740}-\u{2B81F}\u{2B920}-\u{2CEAF}\uF900-\uFAFF\u{2F800}-\u{2FA1F}]/u;

/** Control, format, unassigned and private-use characters other than the white ones. */
export const controlCharacter = /(?![\t\n\r])[\p{Cc}\p{Cf}\p{Co}\p{Cs}]/u;

export const asciiOnly = /^[\0-\x7f]*$/;
