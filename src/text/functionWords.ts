/**
 * English words that hold sentences together and say little by themselves: articles, pronouns, prepositions,
 * conjunctions, auxiliaries and their contractions, in lower case.
 */
const functionWords: ReadonlySet<string> = new Set(
  (
    'a an the this that these those each every either neither some any no none all both such what which whose who whom ' +
    'i me my mine myself you your yours yourself yourselves he him his himself she her hers herself it its itself ' +
    'we us our ours ourselves they them their theirs themselves one ones ' +
    'about above across after against along among around as at before behind below beneath beside between beyond by down during ' +
    'except for from in inside into near of off on onto out outside over past since than through throughout till to toward towards ' +
    'under until up upon via with within without ' +
    'and or but nor so yet if because although though unless while whereas whether when where why how ' +
    'am is are was were be been being do does did done doing have has had having can could may might must shall should will would ought ' +
    'not never also just only very too then there here again once more most much many few other another own same ' +
    "can't cannot couldn't don't doesn't didn't isn't aren't wasn't weren't hasn't haven't hadn't won't wouldn't shouldn't mustn't " +
    "i'm you're he's she's it's we're they're i've you've we've they've i'd you'd he'd she'd we'd they'd i'll you'll he'll she'll we'll they'll"
  ).split(' '),
);

/** Whether a word carries meaning of its own: it has letters, and is none of English's function words. */
export function isContentWord(word: string): boolean {
  return /\p{L}/u.test(word) && !functionWords.has(word.toLowerCase().replaceAll('’', "'"));
}
