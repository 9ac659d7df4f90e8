"""Makes the golden files for token alignment: what the Python library `tokenizers` says of many strange texts.

    pip install tokenizers==0.23.3
    python test/golden/make_token_goldens.py [--train]

Writes, under test/golden/tokens/:
  texts.jsonl       one text, or pair of texts, a line: ["text"] or ["first", "second"]
  tokenizers/*.json small tokenizers trained here on the sentences below, when --train is given
  <variant>.jsonl   line 1: {"tokenizer", "patch", "library"}; then one line for each text encoded:
                    [index of the text, ids, starts and ends in UTF-16 units, words, sequences]; -1 stands for None
The same version of the library gives the same files again, except with --train: the library's trainers break ties at
random, so the small tokenizers are trained anew only when that is asked for.
"""

import json
import random
import sys
from pathlib import Path

import tokenizers
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

HERE = Path(__file__).parent / "tokens"
ROOT = Path(__file__).parents[2]
BERT = "models/encoder/tokenizer.json"

SENTENCES = """
The cow ate her treat that Sally gave, and it jumped over the moon.
She could not stand the noise, so she put the score on the music stand and left.
All rise: please stand up when the judge comes in.
A lighthouse keeper counts the ships that pass between midnight and dawn.
We walked along the river bank until the bank on the corner opened its doors.
The apple fell far from the tree, and nobody picked it up.
Heads attend to other tokens; some heads attend to themselves.
In the garden, the roses had begun to open before the last frost was over.
Nothing is as unbelievable as an ordinary morning seen for the first time.
Tokens are made of words, and words are made of letters.
The children were singing while the rain was falling on the roof.
My brother's bicycle won't go uphill, but it'll roll down quickly enough.
Do you think they've understood what the teacher was explaining yesterday?
He measured 12 boards, 3.5 metres each, and paid 1,250 crowns for them.
Write to me when you arrive; I'd love to hear about the journey.
A model reads text in pieces, and every piece has a number.
The old printer prints, the new printer sings, and the third one sleeps.
Under the microscope the salt looked like a city of glass.
If the window is open, the cat will be in the kitchen.
The captain asked for coffee, the cook asked for time, and both were refused.
Translating a poem means losing something and finding something else.
They were standing in line, understanding nothing, outstanding in their patience.
Every evening the baker's daughter reads the newspaper to her blind neighbour.
Winter came early that year, and the lake was frozen by November.
Le café était fermé, mais la boulangerie d'à côté vendait encore des crêpes.
Über den Dächern der Stadt kreisten die Möwen, größer als gewöhnlich.
El niño pequeño soñaba con montañas, pingüinos y un camión de bomberos.
Příliš žluťoučký kůň úpěl ďábelské ódy za oknem naší školy.
Во дворе играли дети, а бабушка смотрела на них из окна.
Το πρωί ο άνεμος έφερε τη μυρωδιά της θάλασσας.
今日は天気がいいから散歩しましょう。 東京の空は青い。
我们明天去图书馆看书,然后一起吃饭。
def tokenize(text: str) -> list[str]: return text.lower().split()
for (let i = 0; i < tokens.length; i++) { console.log(tokens[i]); }
""".strip().splitlines()

# Written by hand: one property of text each, or several that meet.
BY_HAND = [
    "", " ", "   ", "\t", "\n", "\r\n", " \t\r\n ", "\u00a0", "\u3000", "\u200b", "\ufeff", "\u2028\u2029", "\u0085", "\x0b\x0c",
    "a", "A", ".", "...", "…", "a.", ".a", "a b", " a ", "a  b", "\ta\tb\t", "line one\nline two", "line one\r\nline two\r\n", "\r\n\r\nx",
    *SENTENCES,
    "The cow jumped over the [MASK].", "[MASK]", "[MASK][MASK]", " [MASK] ", "x[MASK]y", "[mask]", "[MASK", "MASK]", "[[MASK]]",
    "[CLS] typed by hand [SEP]", "[SEP]", "[UNK] and [PAD]", "é[MASK]é", "🙂[MASK]🙂", "[MASK]\u0301", "<mask>", "a <mask> b", "a<mask>b",
    "a  <mask>  b", "<s>", "</s>", "<s>x</s>", "<unk>", "<pad>x", "<0x41>", "</w>", "##ing", "un##able", "▁", "▁a", "a▁b", "Ġ", "Ġthe", "the Ġ",
    "café", "cafe\u0301", "CAFÉ", "CAFE\u0301", "naïve façade", "nai\u0308ve fac\u0327ade", "Å Å Å", "A\u030a \u212b \u00c5", "ǖ ǘ u\u0308\u0304",
    "e\u0301\u0302\u0303", "e\u0323\u0302 ệ e\u0302\u0323", "q\u0307\u0323 q\u0323\u0307", "a\u0315\u0300\u05ae\u0300b", "\u0301", "\u0301abc", " \u0301 ",
    "Z\u0335\u0321\u0352a\u0337\u0355\u0300l\u0336\u031a\u0347g\u0335\u0351\u0345o", "ﬁne ﬂow oﬃce", "ﬀ", "½ ¼ x² x³ H₂O", "№ ℡ ™ ℠ ㎏ ㍿", "Ｆｕｌｌ　ｗｉｄｔｈ", "ｶﾞｷﾞ ﾊﾟ",
    "ſtraſſe ẞ ß STRASSE", "İstanbul ıspanak I i", "ΟΔΥΣΣΕΥΣ Σ ΣΑΣ", "ᾳ ᾼ ᾲ", "ǅ ǆ Ǆ", "Ⅷ ⅷ", "№5", "a\u00adb soft\u00adhyphen",
    "한국어 문장입니다", "\u1112\u1161\u11ab\u1100\u116e\u11a8", "각 \u1100\u1161\u11a8 \uac00\u11a8", "日本語のテキスト", "か\u3099 が", "中文字符 and English", "𠀀𪚥 extension B", "漢字[MASK]漢字", "豈更車", "⼀⼁",
    "สวัสดีชาวโลก", "กำลัง", "नमस्ते दुनिया", "क्षत्रिय क़", "தமிழ்", "ভাষা", "မြန်မာ", "ភាសាខ្មែរ", "ཀྲུང", "አማርኛ", "Հայերեն", "ქართული",
    "שלום עולם", "שָׁלוֹם", "مرحبا بالعالم", "مُحَمَّد", "ﻻ ﷺ", "\u202bRTL\u202c mixed \u200fعربي\u200e text", "אבג abc דהו",
    "🙂", "🙂🙂", "a🙂b", "🙂 🙂", "👍🏽", "👩‍👩‍👧‍👦", "family 👨‍👩‍👧 here", "🏳️‍🌈", "🇨🇿🇯🇵", "☎️ ☎", "1️⃣ #️⃣", "❤️", "🤦🏼‍♂️ facepalm", "x\ufe0f", "𝓗𝓮𝓵𝓵𝓸", "𝔸𝔹 𝟙𝟚", "𐍈𐌰", "🂡🀄", "\U0001f468\u200d\U0001f4bb codes",
    "a\u200bb", "a\u200cb", "a\u200db", "a\u2060b", "\ufeffbom", "a\ufeffb", "a\x00b", "\x00", "a\x01\x02b", "\x1b[31mred\x1b[0m", "a\x7fb", "a\x85b", "a\ufffdb", "\ufffd", "a\ue000b", "\U000f0000", "a\u0378b", "a\u061cb",
    "tab\tseparated\tvalues", "trailing space ", " leading space", "  two  spaces  ", "mixed \t \u00a0 \u3000 white", "a\u2003b\u2009c\u202fd", "a\u1680b\u180eb",
    "x" * 100, "x" * 101, "a" * 250, "é" * 100, "e\u0301" * 100, "é" * 101, "字" * 120, "🙂" * 110, "word " + "y" * 150 + " word", "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
    "antidisestablishmentarianism", "unbelievably", "Supercalifragilisticexpialidocious!",
    "don't can't won't it's I'm they've we'll he'd", "DON'T IT'S", "don’t it’s", "rock'n'roll", "'quoted'", "“curly” ‘quotes’", "em—dash en–dash hy-phen", "a/b\\c", "snake_case camelCase kebab-case", "100% $5.00 €6 £7 ¥8", "1,234.56 1e-9 0x1F", "٣٤٥ १२३ ๓", "²³¹ ①②", "3rd 2nd", "C++ C# F#", "user@example.org", "https://example.org/path?q=1&r=%20#frag",
    "<b>bold</b> &amp; <i class=\"x\">it</i>", "<!-- comment --><script>alert('x')</script>", "<p>\n\t<a href='#'>é</a>\n</p>", "# Heading", "- item one\n- item two", "| a | b |\n|---|---|", "```ts\nconst x = 1;\n```", "// a comment", "/* block\n * comment */",
    "{\"key\": [1, 2, null], \"s\": \"\\u00e9\"}", "if (a && b || !c) { return a ?? b; }", "SELECT * FROM t WHERE x <> 'y';", "\\n is not \n", "$\\frac{a}{b}$", "a=b+c*d/e%f^g~h`i",
    "!!!???", "?!?!", ":-) ;-)", "(((a)))", "[[b]]", "{c}", "«guillemets»", "¿Qué? ¡Sí!", "、。「」", "，。！？", "·•∙", "× ÷ ± ≠ ≤", "→ ← ↑", "½", "°C", "©®", "^`~|$+<=>", "¬¦¨¯´¸",
    "Mr. Smith e.g. etc.", "U.S.A.", "O'Neill-MacDonald", "the the the", "THE", "The Quick BROWN fOx", "ÀÉÎÕÜ àéîõü", "Đđ Øø Łł Ħħ", "Æ æ Œ œ Þ þ ð", "ŉ ŀ", "dž", "i\u0307 I\u0307", "ö o\u0308", "o\u0308\u0308",
]

PAIRS = [
    ("The cow ate her treat.", "It jumped over the moon."), ("", ""), ("a", ""), ("", "b"), (" ", " "), ("[MASK]", "[MASK]"), ("[SEP]", "x [SEP] y"),
    ("café", "cafe\u0301"), ("東京", "Tokyo"), ("🙂", "a🙂"), ("x" * 120, "y" * 120), ("\r\n", "\t"), ("<mask> a", "b <mask>"), (" a", " b"), ("a ", "b "),
    ("Will they stand?", "They can't stand it."), ("مرحبا", "שלום"), ("\x00", "\u200b"), ("He sat down.", "He sat down."), ("first line\nsecond line", "third\r\nfourth"),
]

FRAGMENTS = [
    "the", "The", "cow", "jumped", "unbelievable", "standing", "understanding", "x", "I", "2026", "3.14", "don't", "it’s", "e.g.", "A.I.", "naïve", "nai\u0308ve", "Ångström", "A\u030angstro\u0308m",
    "résumé", "RÉSUMÉ", "Große", "ŁÓDŹ", "žluťoučký", "ΣΊΣΥΦΟΣ", "Привет", "мир", "東京", "你好", "カ゛", "か\u3099", "한글", "\u1112\u1161\u11ab", "שלום", "مُحَمَّد", "नमस्ते", "กำ", "ﬁ", "½", "№", "²",
    "🙂", "👍🏽", "👩‍👧", "🇨🇿", "𝒳", "𠀀", "\u200b", "\u200d", "\u00ad", "\ufeff", "\x00", "\x07", "\u0301", "\u0323\u0302", "\u00a0", "\u3000", "\t", "\n", "\r\n", "  ", " ", " ", " ", " ",
    "[MASK]", "[SEP]", "<mask>", "</s>", "▁", "Ġ", "##s", ".", ",", "!", "?", "-", "—", "…", "'", "\"", "“", "”", "(", ")", "[", "]", "<", ">", "</p>", "&amp;", "//", "#", "_", "@", "%", "€", "\\", "`", "~", "、", "。", "·",
]


def texts() -> list[list[str]]:
    """All texts: by hand, pairs, and fragments strung together at random (fixed seed), some of them as pairs."""
    dice = random.Random(20261123)
    found = [[text] for text in BY_HAND] + [list(pair) for pair in PAIRS]
    seen = {json.dumps(entry) for entry in found}

    def strung() -> str:
        glue = dice.choice(["", " ", " ", " "])
        return glue.join(dice.choice(FRAGMENTS) for _ in range(dice.randint(1, 14)))

    while len(found) < 1400:
        entry = [strung()] if dice.random() < 0.85 else [strung(), strung()]
        if json.dumps(entry) not in seen:
            seen.add(json.dumps(entry))
            found.append(entry)
    return found


def train_byte_level() -> Tokenizer:
    """Byte-level BPE with RoBERTa's special tokens."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    specials = ["<s>", "<pad>", "</s>", "<unk>", AddedToken("<mask>", lstrip=True, special=True)]
    trainer = trainers.BpeTrainer(vocab_size=700, special_tokens=specials, initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()), show_progress=False)
    tokenizer.train_from_iterator(SENTENCES, trainer)
    tokenizer.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0), trim_offsets=True, add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def train_unigram() -> Tokenizer:
    """Unigram on ▁-marked words after NFKC, with a template as in T5."""
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    specials = ["<pad>", "</s>", "<unk>", AddedToken("<mask>", lstrip=True, special=True)]
    trainer = trainers.UnigramTrainer(vocab_size=420, special_tokens=specials, unk_token="<unk>", show_progress=False)
    tokenizer.train_from_iterator(SENTENCES, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(single="$A </s>", pair="$A </s> $B:1 </s>:1", special_tokens=[("</s>", 1)])
    tokenizer.decoder = decoders.Metaspace()
    return tokenizer


def train_byte_fallback() -> Tokenizer:
    """BPE whose unknown characters become byte tokens, spaces replaced by a normalizer, as in Llama."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    trainer = trainers.BpeTrainer(vocab_size=500, special_tokens=["<unk>", "<s>", "</s>"], limit_alphabet=70, show_progress=False)
    tokenizer.train_from_iterator(SENTENCES, trainer)
    content = json.loads(tokenizer.to_str())
    model = content["model"]
    for byte in range(256):
        model["vocab"][f"<0x{byte:02X}>"] = len(model["vocab"])
    model.update(byte_fallback=True, fuse_unk=True, unk_token="<unk>")
    content["pre_tokenizer"] = None
    content["normalizer"] = {"type": "Sequence", "normalizers": [{"type": "Prepend", "prepend": "▁"}, {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}]}
    tokenizer = Tokenizer.from_str(json.dumps(content))
    tokenizer.post_processor = processors.TemplateProcessing(single="<s> $A", pair="<s> $A <s>:1 $B:1", special_tokens=[("<s>", 1)])
    return tokenizer


def train_word_end() -> Tokenizer:
    """BPE with an end-of-word suffix, lower-cased, with fused unknown characters, as in GPT-1 and CLIP."""
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=True, end_of_word_suffix="</w>"))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFC(), normalizers.Lowercase()])
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    trainer = trainers.BpeTrainer(vocab_size=450, special_tokens=["<unk>", "<mask>"], limit_alphabet=60, end_of_word_suffix="</w>", show_progress=False)
    tokenizer.train_from_iterator(SENTENCES, trainer)
    return tokenizer


TRAINED = {"byteLevel": train_byte_level, "unigram": train_unigram, "byteFallback": train_byte_fallback, "wordEnd": train_word_end}


def bert_normalizer(**options) -> dict:
    return {"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True, "strip_accents": None, "lowercase": True, **options}


def byte_level(prefix: bool, trim: bool) -> dict:
    return {
        "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": prefix, "trim_offsets": trim, "use_regex": True},
        "post_processor": {"type": "RobertaProcessing", "sep": ["</s>", 2], "cls": ["<s>", 0], "trim_offsets": trim, "add_prefix_space": prefix},
    }


def metaspace(scheme: str, split: bool = True) -> dict:
    return {"type": "Metaspace", "replacement": "▁", "prepend_scheme": scheme, "split": split}


def small(name: str) -> str:
    return f"test/golden/tokens/tokenizers/{name}.json"


def sequence(*parts: dict) -> dict:
    return {"type": "Sequence", "normalizers": list(parts)}


GPT2_SPLIT = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"

# name: (tokenizer, patch of its tokenizer.json, every how manieth text)
VARIANTS = {
    "bert": (BERT, {}, 1),
    "bertCased": (BERT, {"normalizer": bert_normalizer(lowercase=False, strip_accents=False)}, 5),
    "bertAccents": (BERT, {"normalizer": bert_normalizer(strip_accents=False, clean_text=False, handle_chinese_chars=False)}, 6),
    "bertForms": (BERT, {"normalizer": sequence({"type": "NFKD"}, {"type": "StripAccents"}, {"type": "Lowercase"}, {"type": "Strip", "strip_left": True, "strip_right": False}), "pre_tokenizer": {"type": "Sequence", "pretokenizers": [{"type": "WhitespaceSplit"}, {"type": "Digits", "individual_digits": True}, {"type": "Punctuation", "behavior": "Contiguous"}]}}, 7),
    "byteLevel": (small("byteLevel"), {}, 4),
    "byteLevelPrefix": (small("byteLevel"), byte_level(True, True), 5),
    "byteLevelUntrimmed": (small("byteLevel"), byte_level(True, False), 9),
    "byteLevelSplit": (small("byteLevel"), {"normalizer": {"type": "NFC"}, "post_processor": {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": False, "use_regex": True}, "pre_tokenizer": {"type": "Sequence", "pretokenizers": [{"type": "Split", "pattern": {"Regex": GPT2_SPLIT}, "behavior": "Isolated", "invert": False}, {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": False, "use_regex": False}]}}, 9),
    "unigram": (small("unigram"), {}, 4),
    "unigramFirst": (small("unigram"), {"pre_tokenizer": metaspace("first")}, 9),
    "unigramNever": (small("unigram"), {"normalizer": {"type": "NFD"}, "pre_tokenizer": metaspace("never")}, 8),
    "byteFallback": (small("byteFallback"), {}, 7),
    "wordEnd": (small("wordEnd"), {}, 6),
}


def utf16_offsets(text: str) -> list[int]:
    """UTF-16 offset of each code point, and of the end."""
    offsets = [0]
    for character in text:
        offsets.append(offsets[-1] + (2 if ord(character) > 0xFFFF else 1))
    return offsets


def golden(tokenizer: Tokenizer, entry: list[str]) -> list:
    encoding = tokenizer.encode(*entry)
    maps = [utf16_offsets(text) for text in entry]
    ranges: list[int] = []
    for (start, end), of in zip(encoding.offsets, encoding.sequence_ids):
        ranges += [0, 0] if of is None else [maps[of][start], maps[of][end]]
    whole = lambda values: [-1 if value is None else value for value in values]
    return [encoding.ids, ranges, whole(encoding.word_ids), whole(encoding.sequence_ids)]


def dump(value) -> str:
    return json.dumps(value, ensure_ascii=True, separators=(",", ":"))


def main() -> None:
    (HERE / "tokenizers").mkdir(parents=True, exist_ok=True)
    for name, train in TRAINED.items() if "--train" in sys.argv else ():
        content = json.loads(train().to_str())
        (HERE / "tokenizers" / f"{name}.json").write_text(dump(content) + "\n")
    entries = texts()
    (HERE / "texts.jsonl").write_text("".join(dump(entry) + "\n" for entry in entries))
    for name, (path, patch, step) in VARIANTS.items():
        content = {**json.loads((ROOT / path).read_text()), **patch}
        tokenizer = Tokenizer.from_str(json.dumps(content))
        lines = [dump({"tokenizer": path, "patch": patch, "library": f"tokenizers {tokenizers.__version__}"})]
        lines += [dump([index, *golden(tokenizer, entries[index])]) for index in range(0, len(entries), step)]
        (HERE / f"{name}.jsonl").write_text("\n".join(lines) + "\n")
        print(f"{name}: {len(lines) - 1} texts")


if __name__ == "__main__":
    main()
