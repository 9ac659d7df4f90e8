"""Truth for BLEU: what sacrebleu says of made-up translations.

    python make_bleu_goldens.py OUT_FILE
"""

import argparse
import json
from pathlib import Path
from random import Random

import sacrebleu
from sacrebleu.tokenizers.tokenizer_13a import Tokenizer13a

LINES = (
    "La vaca saltó sobre la luna.",
    "¿Dónde está el banco? ¡Aquí, en la calle 5!",
    "Costó 1.234,56 euros, es decir, 3-4 veces más (o menos).",
    "Tom &amp; Mary dijeron: &quot;a &lt; b&quot; &amp;lt;skipped&gt;",
    "a<skipped>b {c} [d] ~e~ `f` g/h i\\j k_l m*n",
    "  blancos\u00a0y\u2003más\u200bblancos \t aquí\u0085allí\ufeff ",
    "3.5, .5 5. 5, ,5 a.b a,b 1-2 a-b 1-a U.S.A. ... ,,,",
    "dos líneas-\njuntas\ny otra",
    "你好，世界。 🐄🐄 no-rompe",
    "O'Brien's \"cita\" — «otra» “más” …",
    "uno",
    "",
)
SENTENCES = (
    "La vaca saltó sobre la luna.",
    "No soporto el ruido.",
    "Ella puso el libro sobre la mesa.",
    "¿Dónde está el banco?",
    "Mi hermano nunca ha comido pescado, pero le gusta ir al mar.",
    "Por favor, levántense cuando entre el juez.",
    "Los niños tuvieron que esperar en la fila durante una hora.",
    "Cuando yo era pequeño, mi abuela me contaba historias del pueblo viejo junto al río.",
    "El tren de las 10.30 llegó con 15 minutos de retraso.",
    "Sí.",
)


def noisy(text: str, random: Random, noise: float) -> str:
    """With words left out, repeated, swapped with others."""
    words: list[str] = []
    for word in text.split():
        drawn = random.random()
        if drawn < noise / 3:
            continue
        words.append(random.choice(random.choice(SENTENCES).split()) if drawn < noise else word)
        if drawn > 1 - noise / 6:
            words.append(word)
    return " ".join(words)


def corpora() -> dict[str, list[tuple[str, str]]]:
    """By name, pairs of a translation and its reference."""
    random = Random(7)
    made = {f"noise {noise}": [(noisy(text, random, noise), text) for text in SENTENCES * 5]
            for noise in (0.1, 0.3, 0.6, 0.9)}
    return made | {
        "same": [(text, text) for text in SENTENCES],
        "nothing in common": [("Zebra xilófono quiosco kimono.", "La vaca saltó aquí y allá")],
        "too short for four words": [("Sí, ya", "Sí, ya"), ("No", "No")],
        "no run of four in common": [("la luna saltó la vaca sobre el sol", SENTENCES[0])],
        "shorter than the reference": [(SENTENCES[4][:20], SENTENCES[4]),
                                       ("La vaca saltó", SENTENCES[0])],
        "empty translations": [("", SENTENCES[0]), (SENTENCES[2], SENTENCES[2])],
        "case counts": [(text.lower(), text) for text in SENTENCES],
        "signs": [(line, other) for line, other in zip(LINES, LINES[1:] + LINES[:1], strict=True)],
        "one pair": [("La vaca saltó la luna.", SENTENCES[0])],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    arguments = parser.parse_args()
    tokenizer = Tokenizer13a()
    content = {
        "sacrebleu": sacrebleu.__version__,
        "tokens": [{"line": line, "tokens": tokenizer(line.rstrip()).split()} for line in LINES],
        "corpora": [
            {"name": name,
             "pairs": [{"output": output, "reference": reference} for output, reference in pairs],
             "bleu": sacrebleu.corpus_bleu([output for output, _ in pairs],
                                           [[reference for _, reference in pairs]]).score}
            for name, pairs in corpora().items()
        ],
    }
    text = json.dumps(content, ensure_ascii=True, indent=1)
    arguments.out.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
